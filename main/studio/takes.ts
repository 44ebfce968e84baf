/** Takes from the microphone, and news of them for every window. */
import type { StudioContract } from '../../app/contract/index.ts';
import type { Take } from '../../app/document/take.ts';
import type { AssetSource } from '../storage/assets.ts';
import type { TakeRepository } from '../storage/repositories/takes.ts';
import { createBroadcast, follow, latest } from './broadcast.ts';
import type { ServiceOf } from './service.ts';

export function createTakeService(repository: TakeRepository, assets: AssetSource): ServiceOf<StudioContract['takes']> {
  const changes = createBroadcast<string>();
  return {
    list: ({ projectId }) => repository.list(projectId),
    watch: ({ projectId }, signal) =>
      follow<Take[]>(
        signal,
        (push) => {
          push(repository.list(projectId));
          return changes.listen((changed) => changed === projectId && push(repository.list(projectId)));
        },
        latest,
      ),
    async save(take, signal) {
      await assets.resolve(take.asset, { signal });
      repository.save(take);
      changes.emit(take.projectId);
      return take;
    },
    remove({ id }) {
      const projectId = repository.remove(id);
      if (projectId !== null) changes.emit(projectId);
      return {};
    },
  };
}

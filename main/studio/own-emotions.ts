/** The person's own emotions for all projects. */
import type { StudioContract } from '../../app/contract/index.ts';
import type { OwnEmotion } from '../../app/document/emotions.ts';
import type { OwnEmotionRepository } from '../storage/repositories/own-emotions.ts';
import { createBroadcast, follow, latest } from './broadcast.ts';
import type { ServiceOf } from './service.ts';

export function createOwnEmotionService(repository: OwnEmotionRepository): ServiceOf<StudioContract['emotions']> {
  const changes = createBroadcast<OwnEmotion[]>();
  const changed = (): void => changes.emit(repository.list());
  return {
    list: () => repository.list(),
    watch: (_, signal) =>
      follow<OwnEmotion[]>(
        signal,
        (push) => {
          push(repository.list());
          return changes.listen(push);
        },
        latest,
      ),
    save(emotion) {
      repository.save(emotion);
      changed();
      return emotion;
    },
    remove({ id }) {
      repository.remove(id);
      changed();
      return {};
    },
  };
}

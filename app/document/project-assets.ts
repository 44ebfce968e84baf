import type { AssetRef } from './asset.ts';
import { liveAssets } from './live.ts';
import type { Project } from './project.ts';

/** Every file the project needs, each content once, in the order the document names them. */
export function projectAssets({ avatar, script, stage, live }: Project): AssetRef[] {
  const refs: (AssetRef | null)[] = [
    avatar.portrait.kind === 'asset' ? avatar.portrait.asset : null,
    avatar.consent?.evidence ?? null,
    script.recording,
    stage.background.kind === 'picture' ? stage.background.asset : null,
    ...stage.overlays.map((overlay) => overlay.asset),
    ...liveAssets(live),
  ];
  const byContent = new Map<string, AssetRef>();
  for (const ref of refs) if (ref !== null && !byContent.has(ref.sha256)) byContent.set(ref.sha256, ref);
  return [...byContent.values()];
}

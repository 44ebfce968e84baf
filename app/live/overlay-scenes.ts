/** A scene as a stage of the project, and what of the overlays comes and goes with it. */
import type { Scene } from '../document/live.ts';
import type { Project } from '../document/project.ts';
import type { OverlayChange } from './overlay-timeline.ts';

export const sceneOf = (project: Pick<Project, 'live'>, id: string | null): Scene | null =>
  project.live.scenes.find((scene) => scene.id === id) ?? null;

/**
 * The project as a scene shows it: with the scene's background and framing where it has its own. An unknown scene, or none, is the
 * project's own stage.
 */
export function sceneStage(project: Project, id: string | null): Project {
  const scene = sceneOf(project, id);
  if (scene === null) return project;
  const { background, framing } = scene;
  const { framingByShape: _byShape, ...avatar } = project.avatar;
  return {
    ...project,
    // A scene's framing counts on stages of every shape.
    avatar: framing === null ? project.avatar : { ...avatar, framing },
    stage: background === null ? project.stage : { ...project.stage, background },
  };
}

/** Whether two scenes need stages of their own; else going from one to the other is a matter of overlays. */
export function sameStage(project: Project, from: string | null, to: string | null): boolean {
  const look = (id: string | null) => {
    const { avatar, stage } = sceneStage(project, id);
    return JSON.stringify([avatar.framing, avatar.framingByShape ?? null, stage.background]);
  };
  return look(from) === look(to);
}

/** What going from one scene to another does to the overlays: those of the scene before go, its own come; others stay as they are. */
export function sceneOverlays(project: Pick<Project, 'live'>, from: string | null, to: string | null): OverlayChange[] {
  const before = sceneOf(project, from)?.overlays ?? [];
  const after = sceneOf(project, to)?.overlays ?? [];
  return [
    ...before.filter((id) => !after.includes(id)).map((id): OverlayChange => ({ type: 'hide', id })),
    ...after.map((id): OverlayChange => ({ type: 'show', id })),
  ];
}

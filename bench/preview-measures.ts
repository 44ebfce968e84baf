/** What a live preview costs and how soon it answers, measured on the session itself: for a bench of the studio. */
import type { PreviewEvent } from '../app/contract/preview-wire.ts';
import { mapLandmarks } from '../app/document/landmarks.ts';
import type { Project } from '../app/document/project.ts';
import { loadPortrait } from '../main/export/load-portrait.ts';
import { type PreviewDeps, PreviewSession } from '../main/preview/session.ts';
import { median } from './figures.ts';

const NEVER = new AbortController().signal;

/** A preview with somebody at its other end. */
export class MeasuredPreview implements AsyncDisposable {
  readonly #session: PreviewSession;
  readonly #deps: PreviewDeps;
  #project: Project;
  #revision = 0;
  #generation = 0;
  #onFrame: ((index: number) => void) | null = null;
  #onEvent: ((event: PreviewEvent) => void) | null = null;
  /** Where sound has been sent to, ms. */
  #soundMs = 0;

  constructor(deps: PreviewDeps, project: Project, maxSidePx: number) {
    this.#deps = deps;
    this.#project = project;
    this.#session = new PreviewSession(
      deps,
      { projectId: project.id, maxSidePx, generation: 0 },
      {
        event: (event) => this.#onEvent?.(event),
        media: (media) => {
          if (media.kind === 'frame') this.#onFrame?.(media.index);
          else this.#soundMs = (media.startSample + media.samples.length) / 48;
        },
      },
    );
  }

  /** From the document to its first frame, ms. */
  async open(): Promise<number> {
    const from = performance.now();
    this.#session.update(this.#project, ++this.#revision);
    await this.#frame();
    return performance.now() - from;
  }

  /** Until every line has been spoken. */
  async spoken(): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#onEvent = (event) => {
      if (event.type === 'prepared' && event.exact) done.resolve();
    };
    this.#session.update(structuredClone(this.#project), ++this.#revision);
    await done.promise;
    this.#onEvent = null;
  }

  async #frame(): Promise<void> {
    const seen = Promise.withResolvers<void>();
    this.#onFrame = () => seen.resolve();
    this.#session.credit(1);
    await seen.promise;
    this.#onFrame = null;
  }

  /** From an edit of one parameter to the changed frame, while paused: ms, the median of `times`, for each kind of edit. */
  async edits(times: number): Promise<Record<EditKind, number>> {
    const { prepared } = await loadPortrait(this.#project.avatar, this.#deps.assets, this.#deps.portraits, NEVER);
    const { landmarks } = prepared.face;
    const change: Record<EditKind, (project: Project, step: number) => void> = {
      rig: ({ avatar }, step) => Object.assign(avatar.rig, { head: 0.5 + 0.01 * step }),
      emotion: ({ script }, step) =>
        Object.assign(script.lines[0]!, { emotion: 'happy', intensity: 0.5 + 0.01 * step }),
      zoom: ({ avatar }, step) => Object.assign(avatar.framing, { zoom: 1 + 0.01 * step }),
      background: ({ stage }, step) =>
        Object.assign(stage, { background: { kind: 'colour', colour: `#2040${(16 + step).toString(16)}` } }),
      landmarks: ({ avatar }, step) => {
        avatar.landmarks = mapLandmarks(landmarks, 1 + 0.001 * step, 0, 0);
      },
    };
    const figures = {} as Record<EditKind, number>;
    this.#session.seek(++this.#generation, 1000);
    await this.#frame();
    for (const kind of EDIT_KINDS) {
      const took: number[] = [];
      for (let step = 1; step <= times; step++) {
        const project = structuredClone(this.#project);
        change[kind](project, step);
        this.#project = project;
        const from = performance.now();
        this.#session.update(project, ++this.#revision);
        await this.#frame();
        took.push(performance.now() - from);
      }
      figures[kind] = median(took);
    }
    return figures;
  }

  /** Plays in a loop for `seconds`, taking a frame whenever one is due and never holding more than `window`. */
  async play(seconds: number, fps: number, window = 6): Promise<PlayFigures> {
    let arrived = 0;
    const ahead: number[] = [];
    this.#onFrame = (index) => {
      arrived++;
      const lead = this.#soundMs - (index * 1000) / fps;
      // Where a round of the loop begins the two are for a moment in different rounds.
      if (lead > 0 && lead < 1000) ahead.push(lead);
    };
    this.#session.play(++this.#generation, { fromMs: 0, toMs: null, loop: true });
    this.#session.credit(window);
    const cpu = process.cpuUsage();
    const from = performance.now();
    let shown = 0;
    let late = 0;
    const due = Math.round(seconds * fps);
    for (let tick = 0; tick < due; tick++) {
      const wait = from + ((tick + 1) * 1000) / fps - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      if (arrived > shown) {
        shown++;
        this.#session.credit(1);
      } else late++;
    }
    const { user, system } = process.cpuUsage(cpu);
    const wallMs = performance.now() - from;
    this.#session.pause(++this.#generation, 0);
    this.#onFrame = null;
    return {
      fps: (shown * 1000) / wallMs,
      lateFrames: late,
      cpuMsPerFrame: (user + system) / 1000 / Math.max(1, arrived),
      soundAheadMs: [Math.min(...ahead), Math.max(...ahead)],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.dispose();
  }
}

const EDIT_KINDS = ['rig', 'emotion', 'zoom', 'background', 'landmarks'] as const;
export type EditKind = (typeof EDIT_KINDS)[number];

export interface PlayFigures {
  /** Frames that were there when they were due, a second. */
  fps: number;
  lateFrames: number;
  /** Of this whole process. */
  cpuMsPerFrame: number;
  /** Least and most that sound was ahead of a frame that came. */
  soundAheadMs: [number, number];
}

/** Resident memory in MB after each of so many previews has been opened, has drawn a frame and was closed. */
export async function memoryOfPreviews(deps: PreviewDeps, project: Project, cycles: number): Promise<number[]> {
  const megabytes: number[] = [];
  for (let cycle = 0; cycle < cycles; cycle++) {
    await using preview = new MeasuredPreview(deps, project, 640);
    await preview.open();
    megabytes.push(process.memoryUsage().rss / 1024 ** 2);
  }
  return megabytes;
}

/** A preview whose frames, sound and events are kept and can be waited for. */
import { createHash } from 'node:crypto';
import type { PreviewEvent, PreviewFrame, PreviewSound } from '../../app/contract/preview-wire.ts';
import type { Project } from '../../app/document/project.ts';
import { type PreviewDeps, PreviewSession } from './session.ts';

export interface SeenFrame extends Omit<PreviewFrame, 'data'> {
  digest: string;
}

export const digestOf = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

export class WatchedPreview {
  readonly session: PreviewSession;
  frames: SeenFrame[] = [];
  sounds: PreviewSound[] = [];
  events: PreviewEvent[] = [];
  /** In the order they came. */
  media: { kind: 'frame' | 'sound'; atMs: number }[] = [];
  #revision = 0;
  #watchers: (() => void)[] = [];

  constructor(deps: PreviewDeps, maxSidePx: number) {
    this.session = new PreviewSession(
      deps,
      { projectId: 'p', maxSidePx, generation: 0 },
      {
        event: (event) => this.#saw(() => this.events.push(event)),
        media: (media) =>
          this.#saw(() => {
            if (media.kind === 'frame') {
              const { data, ...frame } = media;
              this.frames.push({ ...frame, digest: digestOf(data) });
              this.media.push({ kind: 'frame', atMs: media.index * 40 });
            } else {
              this.sounds.push({ ...media, samples: media.samples.slice() });
              this.media.push({ kind: 'sound', atMs: (media.startSample + media.samples.length) / 48 });
            }
          }),
      },
    );
  }

  #saw(keep: () => void): void {
    keep();
    for (const watcher of this.#watchers) watcher();
  }

  update(project: Project): void {
    this.session.update(project, ++this.#revision);
  }

  /** Once `condition` gives something. */
  async until<T>(condition: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = condition();
      if (found !== undefined && found !== false) return found;
      await new Promise<void>((resolve) => {
        const watcher = (): void => {
          this.#watchers = this.#watchers.filter((one) => one !== watcher);
          resolve();
        };
        this.#watchers.push(watcher);
      });
    }
  }

  /** The next frame, paid for. */
  async nextFrame(): Promise<SeenFrame> {
    const seen = this.frames.length;
    this.session.credit(1);
    return await this.until(() => this.frames[seen]);
  }

  async settled(): Promise<Extract<PreviewEvent, { type: 'prepared' }>> {
    return await this.until(() => {
      const last = this.events.findLast((event) => event.type === 'prepared');
      return last?.revision === this.#revision && last.exact ? last : undefined;
    });
  }
}

/** Stages made in a thread of their own: a picture is decoded, cut out and laid out while the show goes on. */
import { Worker } from 'node:worker_threads';
import type { LiveOverlay } from '../../../app/document/live-overlays.ts';
import type { Project } from '../../../app/document/project.ts';
import { ERROR_CODES, type ErrorCode, type ErrorParams, StudioError } from '../../../app/errors/index.ts';
import type { StageSize } from '../../../app/media/stage-size.ts';
import type { StageSetup } from '../../render/frame-source.ts';
import type { Picture } from '../../stage/picture.ts';

export interface StageOrder {
  project: Project;
  /** null: the document's own, or what fits its picture. */
  size: StageSize | null;
}
export interface MadeStage {
  setup: StageSetup;
  /** Of the overlays, by SHA-256. */
  pictures: Map<string, Picture>;
  /** Of overlays that are shown without theirs. */
  troubles: StudioError[];
}
export type MadePictures = Pick<MadeStage, 'pictures' | 'troubles'>;
export interface PicturesOrder {
  overlays: readonly LiveOverlay[];
  size: StageSize;
}
/** A failure on its way between threads. */
export interface TellableFailure {
  message: string;
  code?: string;
  params?: ErrorParams;
}
type Sent<T extends MadePictures> = Omit<T, 'troubles'> & { troubles: TellableFailure[] };
export type StageMakerRequest = { id: number } & ({ stage: StageOrder } | { pictures: PicturesOrder });
export type StageMakerReply =
  | { id: number; made: Sent<MadeStage> | Sent<MadePictures> }
  | { id: number; failure: TellableFailure };

export interface StageMakerOptions {
  dataDir: string | undefined;
  ffmpegPath: string | undefined;
}

export class StageMaker {
  readonly #options: StageMakerOptions;
  readonly #waiting = new Map<number, PromiseWithResolvers<Sent<MadeStage> | Sent<MadePictures>>>();
  #worker: Worker | null = null;
  #next = 0;

  constructor(options: StageMakerOptions) {
    this.#options = options;
  }

  /** @throws StudioError of portrait, layout and overlays */
  async make(order: StageOrder): Promise<MadeStage> {
    return arrived((await this.#ask({ stage: order })) as Sent<MadeStage>);
  }

  /** Only the pictures of these overlays, as large as they are shown. */
  async pictures(order: PicturesOrder): Promise<MadePictures> {
    return arrived(await this.#ask({ pictures: order }));
  }

  #ask(order: { stage: StageOrder } | { pictures: PicturesOrder }): Promise<Sent<MadeStage> | Sent<MadePictures>> {
    const id = this.#next++;
    const answer = Promise.withResolvers<Sent<MadeStage> | Sent<MadePictures>>();
    this.#waiting.set(id, answer);
    this.#thread().postMessage({ id, ...order } satisfies StageMakerRequest);
    return answer.promise;
  }

  #thread(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./stage-maker-worker.ts', import.meta.url), {
      ...{ workerData: this.#options, name: 'stage-maker' },
    });
    this.#worker = worker;
    worker.on('message', (reply: StageMakerReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('made' in reply) waiting?.resolve(reply.made);
      else waiting?.reject(inWords(reply.failure));
      // A studio with its models is large, and the next change of stage may be hours away.
      if (this.#waiting.size === 0) void this.#end(worker);
    });
    worker.on('error', (error) => this.#fail(worker, error));
    worker.on('exit', () => this.#fail(worker, new Error('the stage thread ended')));
    return worker;
  }

  async #end(worker: Worker): Promise<void> {
    if (this.#worker === worker) this.#worker = null;
    await worker.terminate();
  }

  #fail(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const detail = error instanceof Error ? error.message : String(error);
    for (const { reject } of this.#waiting.values()) reject(new StudioError('stage.renderer-stopped', { detail }));
    this.#waiting.clear();
  }

  async dispose(): Promise<void> {
    const worker = this.#worker;
    if (worker) {
      this.#fail(worker, new Error('closed'));
      await worker.terminate();
    }
  }
}

const arrived = <T extends MadePictures>(sent: Sent<T>): T =>
  ({ ...sent, troubles: sent.troubles.map(inWords) }) as unknown as T;

function inWords({ message, code, params }: TellableFailure): StudioError {
  const known = ERROR_CODES.find((each): each is ErrorCode => each === code);
  return known ? new StudioError(known, params) : new StudioError('stage.renderer-stopped', { detail: message });
}

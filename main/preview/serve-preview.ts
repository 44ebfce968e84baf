/** One preview on one channel: requests in, events and media out. Fits a WebSocket and a MessagePort alike. */
import {
  decodePreviewRequest,
  encodePreviewEvent,
  encodePreviewMedia,
  type PreviewEvent,
  type PreviewRequest,
} from '../../app/contract/preview-wire.ts';
import type { Project } from '../../app/document/project.ts';
import { asWireError } from './faults.ts';
import type { PreviewDeps, PreviewSession } from './session.ts';

export interface PreviewChannel {
  /** Text is an event, bytes are media. What it is given is its own. */
  send(data: string | Uint8Array<ArrayBuffer>): void;
  onMessage(listener: (data: string | Uint8Array) => void): void;
  onClose(listener: () => void): void;
  /** Taken by `send` and not yet on its way; 0 where that is not known. */
  readonly bufferedBytes: number;
}

export interface PreviewDocument {
  project: Project;
  revision: number;
}

export interface ServePreviewDeps extends PreviewDeps {
  /**
   * An open project as it is now, and again after each change, until `signal` aborts; ends when the project is gone.
   * @throws StudioError storage.* where there is none
   */
  documents(projectId: string, signal: AbortSignal): AsyncIterable<PreviewDocument>;
}

/** More than this waiting to leave: no frame is added. */
const MOST_BUFFERED_BYTES = 8 * 1024 ** 2;
const LOOK_AGAIN_MS = 20;

/** Serves until the channel closes; `closed` resolves when nothing is left of it. */
export function servePreview(channel: PreviewChannel, deps: ServePreviewDeps): { closed: Promise<void> } {
  const ended = Promise.withResolvers<void>();
  let open: OpenPreview | null = null;
  /** One preview has ended before the next begins. */
  let closing: Promise<void> = Promise.resolve();
  const close = (): void => {
    const closed = open;
    open = null;
    if (closed) closing = closing.then(() => closed.dispose());
  };
  channel.onMessage((data) => {
    const request = typeof data === 'string' ? decodePreviewRequest(data) : null;
    if (request === null) return;
    if (request.type === 'open') {
      close();
      open = new OpenPreview(channel, deps, request);
    } else open?.answer(request);
  });
  channel.onClose(() => {
    close();
    void closing.then(ended.resolve);
  });
  return { closed: ended.promise };
}

class OpenPreview {
  readonly #channel: PreviewChannel;
  /** What draws and speaks is loaded with the first preview, not when the studio starts. */
  readonly #session: Promise<PreviewSession>;
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;
  /** Credit that came while too much was waiting to leave. */
  #withheld = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(channel: PreviewChannel, deps: ServePreviewDeps, options: Extract<PreviewRequest, { type: 'open' }>) {
    this.#channel = channel;
    this.#session = import('./session.ts').then(
      ({ PreviewSession }) =>
        new PreviewSession(deps, options, {
          event: (event) => this.#tell(event),
          media: (media) => {
            if (!this.#stop.signal.aborted) channel.send(encodePreviewMedia(media));
          },
        }),
    );
    this.#following = this.#follow(() => deps.documents(options.projectId, this.#stop.signal));
  }

  /** In the order they came, also those that came before the session was there. */
  answer(request: Exclude<PreviewRequest, { type: 'open' }>): void {
    this.#session.then(
      (session) => this.#answer(session, request),
      () => {},
    );
  }

  #answer(session: PreviewSession, request: Exclude<PreviewRequest, { type: 'open' }>): void {
    switch (request.type) {
      case 'play':
        session.play(request.generation, request);
        break;
      case 'pause':
        session.pause(request.generation, request.atMs);
        break;
      case 'seek':
        session.seek(request.generation, request.atMs);
        break;
      case 'credit':
        this.#withheld += request.frames;
        this.#passCredit(session);
        break;
      case 'emotion':
        session.showEmotion(request.generation, request.emotion);
        break;
      case 'idle':
        session.idle(request.generation, request.on);
        break;
    }
  }

  async dispose(): Promise<void> {
    this.#stop.abort(new DOMException('the preview was closed', 'AbortError'));
    clearTimeout(this.#timer);
    await Promise.allSettled([this.#session.then((session) => session.dispose()), this.#following]);
  }

  async #follow(documents: () => AsyncIterable<PreviewDocument>): Promise<void> {
    try {
      const session = await this.#session;
      for await (const { project, revision } of documents()) session.update(project, revision);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#tell({ type: 'failed', error: asWireError(error), lineId: null });
    }
  }

  #tell(event: PreviewEvent): void {
    if (!this.#stop.signal.aborted) this.#channel.send(encodePreviewEvent(event));
  }

  #passCredit(session: PreviewSession): void {
    clearTimeout(this.#timer);
    if (this.#stop.signal.aborted) return;
    if (this.#channel.bufferedBytes > MOST_BUFFERED_BYTES) {
      this.#timer = setTimeout(() => this.#passCredit(session), LOOK_AGAIN_MS);
      return;
    }
    session.credit(this.#withheld);
    this.#withheld = 0;
  }
}

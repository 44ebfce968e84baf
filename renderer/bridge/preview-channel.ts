/** The pipe of app/contract/preview-wire.ts; what flows in it is the preview's own business. */
export interface PreviewPipe {
  /** A request, as JSON. */
  send(text: string): void;
  /** Events are JSON text, frames and sound are binary. One listener at a time. */
  onMessage(listener: (data: string | ArrayBuffer) => void): void;
  /** Settles when the pipe ends, for whatever reason; ask for another one then. */
  closed: Promise<void>;
  close(): void;
}

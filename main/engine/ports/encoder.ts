/** The output port: frames in, to be joined with a sound that is known when it is opened; a finished file (or nothing) out. */

export interface EncoderSink {
  /** What does the work, for people: `libx264 veryfast`, `h264_nvenc`. */
  readonly encoder: string;
  /** One frame, exactly frameBytes long. Resolves when the buffer may be reused; waits while the encoder is behind. */
  writeFrame(frame: Uint8Array): Promise<void>;
  /** Ends the frames, waits for the file and puts it under its final name. */
  finish(): Promise<void>;
  /** Stops at once: no child process, no temporary file, nothing under the final name. Safe to call twice or after finish. */
  abort(): Promise<void>;
}

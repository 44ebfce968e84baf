/** The output port: frames and PCM in, a finished file (or nothing) out. */

export interface EncoderSink {
  /** What does the work, for people: `libx264 veryfast`, `h264_nvenc`. */
  readonly encoder: string;
  /** One frame, exactly frameBytes long. Resolves when the buffer may be reused; waits while the encoder is behind. */
  writeFrame(frame: Uint8Array): Promise<void>;
  /** Mono PCM s16le at SAMPLE_RATE. Resolves when the buffer may be reused. */
  writeAudio(pcm: Int16Array): Promise<void>;
  /** Ends both streams, waits for the file and puts it under its final name. */
  finish(): Promise<void>;
  /** Stops at once: no child process, no temporary file, nothing under the final name. Safe to call twice or after finish. */
  abort(): Promise<void>;
}

/** Numbers and texts from a file, one after the other, through a window; nothing larger than it is held. */
import type { FileHandle } from 'node:fs/promises';

const WINDOW_BYTES = 256 * 1024;

/** The file ended before what was asked for. */
export class PastTheEnd extends Error {
  readonly neededBytes: number;
  constructor(neededBytes: number) {
    super(`it ends before byte ${neededBytes}`);
    this.neededBytes = neededBytes;
  }
}

export class FileReader {
  at = 0;
  readonly bytes: number;
  readonly #handle: FileHandle;
  #window = Buffer.alloc(0);
  #windowAt = 0;

  constructor(handle: FileHandle, bytes: number) {
    this.#handle = handle;
    this.bytes = bytes;
  }

  /** @throws PastTheEnd */
  async take(length: number): Promise<Buffer> {
    if (this.at + length > this.bytes) throw new PastTheEnd(this.at + length);
    const inside = this.at >= this.#windowAt && this.at + length <= this.#windowAt + this.#window.length;
    if (!inside) {
      const window = Buffer.alloc(Math.min(Math.max(length, WINDOW_BYTES), this.bytes - this.at));
      const { bytesRead } = await this.#handle.read(window, 0, window.length, this.at);
      this.#window = window.subarray(0, bytesRead);
      this.#windowAt = this.at;
      if (bytesRead < length) throw new PastTheEnd(this.at + length);
    }
    const from = this.at - this.#windowAt;
    this.at += length;
    return this.#window.subarray(from, from + length);
  }

  skip(length: number): void {
    this.at += length;
  }

  async u8(): Promise<number> {
    return (await this.take(1))[0]!;
  }
  async u32(): Promise<number> {
    return (await this.take(4)).readUInt32LE(0);
  }
  async u64(): Promise<number> {
    return Number((await this.take(8)).readBigUInt64LE(0));
  }
}

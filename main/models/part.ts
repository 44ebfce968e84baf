/** A file being downloaded: its bytes where they will be, and beside it which of them have come. Survives a kill of the process. */
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeTextWhole } from '../files/atomic-file.ts';
import { asStorageError } from '../files/failures.ts';
import { makeFolder } from './layout.ts';

const progressSchema = z.strictObject({
  bytes: z.int().min(1),
  chunkBytes: z.int().min(1),
  /** Of each chunk, from its beginning. */
  done: z.array(z.int().min(0)),
  /** Whose bytes these are: the SHA-256 the whole is to have, or else the source and its mark of this very file. */
  of: z.string(),
});

const progressFile = (path: string): string => `${path}.progress`;

export class PartFile {
  readonly bytes: number;
  readonly chunkBytes: number;
  readonly done: number[];
  readonly #path: string;
  readonly #of: string;
  readonly #handle: FileHandle;
  #unsaved = 0;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: FileHandle, of: string, bytes: number, chunkBytes: number, done: number[]) {
    this.#path = path;
    this.#handle = handle;
    this.#of = of;
    this.bytes = bytes;
    this.chunkBytes = chunkBytes;
    this.done = done;
  }

  /** Goes on with what is there of the same file; anything else begins anew. @throws StudioError `storage.*` */
  static async open(
    path: string,
    { bytes, chunkBytes, of }: { bytes: number; chunkBytes: number; of: string },
  ): Promise<PartFile> {
    await makeFolder(dirname(path));
    const before = await readProgress(path);
    const held = await stat(path).catch(() => null);
    const goesOn = before !== null && held?.size === bytes && before.bytes === bytes && before.of === of;
    try {
      const handle = await open(path, goesOn ? 'r+' : 'w');
      if (goesOn) return new PartFile(path, handle, of, bytes, before.chunkBytes, before.done);
      await handle.truncate(bytes);
      const part = new PartFile(path, handle, of, bytes, chunkBytes, Array(Math.ceil(bytes / chunkBytes)).fill(0));
      await part.save();
      return part;
    } catch (error) {
      throw asStorageError(error, path);
    }
  }

  chunk(index: number): { from: number; to: number } {
    const start = index * this.chunkBytes;
    return { from: start + this.done[index]!, to: Math.min(this.bytes, start + this.chunkBytes) };
  }
  isDone(index: number): boolean {
    const { from, to } = this.chunk(index);
    return from >= to;
  }
  get comeBytes(): number {
    return this.done.reduce((sum, each) => sum + each, 0);
  }

  /** @throws StudioError `storage.disk-full` … */
  async write(index: number, piece: Uint8Array): Promise<void> {
    const { from } = this.chunk(index);
    try {
      for (let offset = 0; offset < piece.length; ) {
        const { bytesWritten } = await this.#handle.write(piece, offset, piece.length - offset, from + offset);
        offset += bytesWritten;
      }
    } catch (error) {
      throw asStorageError(error, this.#path);
    }
    this.done[index]! += piece.length;
    this.#unsaved += piece.length;
    // A kill costs no more than a chunk, however many are under way.
    if (this.#unsaved >= this.chunkBytes / 2) await this.save();
  }

  /** Forgets what came: the source had another file meanwhile. */
  async startOver(): Promise<void> {
    this.done.fill(0);
    await this.save();
  }

  save(): Promise<void> {
    this.#unsaved = 0;
    this.#saving = this.#saving
      .catch(() => {})
      .then(async () => {
        const { bytes, chunkBytes } = this;
        const done = [...this.done];
        try {
          await this.#handle.datasync();
          await writeTextWhole(progressFile(this.#path), JSON.stringify({ bytes, chunkBytes, done, of: this.#of }));
        } catch (error) {
          throw asStorageError(error, this.#path);
        }
      });
    return this.#saving;
  }

  async close(): Promise<void> {
    try {
      await this.save();
    } finally {
      await this.#handle.close();
    }
  }
}

async function readProgress(path: string): Promise<z.infer<typeof progressSchema> | null> {
  try {
    const read = progressSchema.parse(JSON.parse(await readFile(progressFile(path), 'utf8')));
    const chunks = Math.ceil(read.bytes / read.chunkBytes);
    const sound = read.done.length === chunks && read.done.every((each) => each <= read.chunkBytes);
    return sound ? read : null;
  } catch {
    return null;
  }
}

/** How much of a file of that length lies there already, of whatever source; 0 where it would begin anew. */
export async function partBytes(path: string, bytes: number): Promise<number> {
  const before = await readProgress(path);
  return before === null || before.bytes !== bytes ? 0 : before.done.reduce((sum, each) => sum + each, 0);
}

export const forgetProgress = (path: string): Promise<void> => rm(progressFile(path), { force: true });

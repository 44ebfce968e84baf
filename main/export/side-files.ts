/** Text that goes with a video: subtitles beside it, the timeline. It appears when the video has, or not at all. */
import { writeFile } from 'node:fs/promises';
import { fileError, openPartFile, type PartFile } from '../media/part-file.ts';

export interface SideFile {
  path: string;
  text: string;
}

/** `talk.mp4` → `talk.srt`; a name without an extension gets one. */
export const subtitlePath = (outPath: string, mode: 'srt' | 'vtt'): string =>
  `${outPath.replace(/(?<=[^/\\])\.[^./\\]+$/, '')}.${mode}`;

export interface SideFiles {
  /** Puts them under their names. */
  commit(): Promise<void>;
  /** Removes what has not been put there. Safe to call twice, and after commit. */
  discard(): Promise<void>;
}

/** Everything is on disk when this returns, under no final name yet. @throws StudioError media.output-*, media.disk-full */
export async function writeSideFiles(files: readonly SideFile[], signal: AbortSignal): Promise<SideFiles> {
  const parts: PartFile[] = [];
  const discard = async (): Promise<void> => {
    await Promise.all(parts.map((part) => part.discard()));
  };
  try {
    for (const { path, text } of files) {
      const part = await openPartFile(path);
      parts.push(part);
      try {
        await writeFile(part.path, text, { signal });
      } catch (error) {
        signal.throwIfAborted();
        throw await fileError(error, part.finalPath, Buffer.byteLength(text));
      }
    }
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    commit: async () => {
      for (const part of parts) await part.commit();
    },
    discard,
  };
}

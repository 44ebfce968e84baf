/** Files in and out: the system's dialogs in the desktop shell, the browser's own ways elsewhere. */
import type { FileKind } from '../../app/contract/desktop.ts';
import type { AssetRef } from '../../app/document/asset.ts';
import { desktop, mediaUrl, UploadFailed, type UploadOptions, upload } from './index.ts';

/** What a browser's file dialog is told to offer. */
export const ACCEPTED: Readonly<Record<FileKind, string>> = {
  picture: 'image/png,image/jpeg,image/webp,image/avif,image/gif,image/tiff,image/heic,.png,.jpg,.jpeg,.webp',
  sound: 'audio/*,video/*,.wav,.mp3,.m4a,.aac,.flac,.ogg,.opus,.mp4,.mov,.mkv,.webm',
  script: '.txt,.md,.srt,.vtt,.docx,.csv,text/plain',
  project: '.shenghua,.json',
};

/** Asks for a file and brings it into the studio. null: none was chosen. */
export async function chooseFile(kind: FileKind, options: UploadOptions = {}): Promise<AssetRef | null> {
  if (desktop !== null) {
    const opened = await desktop.openFile(kind);
    if (opened.type === 'failed') throw new UploadFailed('refused', opened.error);
    return opened.type === 'opened' ? opened.asset : null;
  }
  const file = await askForFile(ACCEPTED[kind]);
  return file === null ? null : upload(file, options);
}

/** Must be called from a click: a browser opens no dialog otherwise. */
export function askForFile(accept: string): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.addEventListener('change', () => resolve(input.files?.[0] ?? null), { once: true });
    input.addEventListener('cancel', () => resolve(null), { once: true });
    input.click();
  });
}

/** Hands a file of the studio to the person. True: saved where they said; false: they chose nowhere. In a browser it is a download. */
export async function saveFile(path: string, fileName: string): Promise<boolean> {
  if (desktop !== null) {
    const saved = await desktop.saveFile({ path, fileName });
    if (saved.type === 'failed') throw new UploadFailed('refused', saved.error);
    return saved.type === 'saved';
  }
  const link = document.createElement('a');
  link.href = mediaUrl(path, { download: 1 });
  link.download = fileName;
  link.click();
  return true;
}

/** The menu that adds a segment; what is made of a file asks for it. */
import type { FileKind } from '../../../../app/contract/desktop.ts';
import type { AssetRef } from '../../../../app/document/asset.ts';
import { ACCEPTED, askForFile, chooseFile } from '../../../bridge/files.ts';
import { desktop, upload } from '../../../bridge/index.ts';
import type { Translate } from '../../../i18n/index.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import type { MenuEntry } from '../../../ui/menu.tsx';
import { addSegment, type Part } from '../live-edits.ts';
import { SEGMENT_ICONS, SEGMENT_WORDS } from './segment-words.ts';

/** null: none was chosen, or it could not be brought in, which is told. */
export async function fileFor(kind: FileKind): Promise<AssetRef | null> {
  try {
    return await chooseFile(kind);
  } catch (error) {
    showErrorToast(error);
    return null;
  }
}

/** A picture or a film. The desktop's own dialog offers pictures. */
export async function insertFile(): Promise<AssetRef | null> {
  if (desktop !== null) return await fileFor('picture');
  try {
    const file = await askForFile(`${ACCEPTED.picture},video/mp4,video/webm,video/quicktime,.mp4,.mov,.webm,.mkv`);
    return file === null ? null : await upload(file);
  } catch (error) {
    showErrorToast(error);
    return null;
  }
}

export function newSegmentEntries(part: Part, t: Translate): MenuEntry[] {
  const ofFile = async (kind: 'recording' | 'insert'): Promise<void> => {
    const asset = kind === 'recording' ? await fileFor('sound') : await insertFile();
    if (asset !== null) addSegment(part, { kind, asset });
  };
  const entry = (kind: keyof typeof SEGMENT_WORDS, onSelect: () => void): MenuEntry => ({
    label: t.any(SEGMENT_WORDS[kind]),
    icon: SEGMENT_ICONS[kind],
    onSelect,
  });
  return [
    entry('script', () => addSegment(part, { kind: 'script' })),
    entry('idle', () => addSegment(part, { kind: 'idle' })),
    entry('recording', () => void ofFile('recording')),
    entry('insert', () => void ofFile('insert')),
  ];
}

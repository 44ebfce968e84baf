import type { Pronunciation } from '../../../../app/document/script.ts';
import { rpc } from '../../../bridge/index.ts';
import { openDocument } from '../../../state/project.ts';

/** The entry as it would be spoken by the project's voice. */
export async function tryWord(entry: Pronunciation, signal: AbortSignal): Promise<{ path: string }> {
  const { voice } = openDocument()!;
  return rpc.script.tryPronunciation({ entry, voice }, { signal });
}

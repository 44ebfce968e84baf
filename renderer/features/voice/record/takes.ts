/** The takes of the open project, and what becomes of them. */
import { useEffect, useState } from 'react';
import type { Take } from '../../../../app/document/take.ts';
import { rpc, upload } from '../../../bridge/index.ts';
import { language } from '../../../state/language.ts';
import { editDocument, sealEdit } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { follow } from '../../../state/studio-store.ts';
import { showToast } from '../../../state/toasts.ts';
import type { Recorded } from './microphone.ts';

/** Latest first; null until they are known. */
export function useTakes(projectId: string | null): readonly Take[] | null {
  const [takes, setTakes] = useState<readonly Take[] | null>(null);
  useEffect(() => {
    setTakes(null);
    if (projectId === null) return;
    const stop = new AbortController();
    void follow((signal) => rpc.takes.watch({ projectId }, { signal }), setTakes, stop.signal);
    return () => stop.abort();
  }, [projectId]);
  return takes;
}

const unsent: { projectId: string; said: Recorded; name: string; id: string; recordedAtMs: number }[] = [];

/** @throws what an upload or a call throws; the take is then kept here and goes along with the next one. */
export async function keepTake(projectId: string, said: Recorded): Promise<void> {
  const { t } = language();
  const { length } = await rpc.takes.list({ projectId }).catch(() => []);
  const name = t('voice.takeName', { count: length + unsent.length + 1 });
  unsent.push({ ...{ projectId, said, name }, id: crypto.randomUUID(), recordedAtMs: Date.now() });
  await sendTakes();
}

/** Those of a time without a connection. */
export async function sendTakes(): Promise<void> {
  for (let next = unsent[0]; next !== undefined; next = unsent[0]) {
    const { projectId, said, name, id, recordedAtMs } = next;
    const asset = await upload(said.wav, { fileName: `${name}.wav` });
    await rpc.takes.save({ id, projectId, name, asset, durationMs: said.durationMs, recordedAtMs });
    unsent.splice(unsent.indexOf(next), 1);
  }
}
export const unsentTakes = (): number => unsent.length;

export const renameTake = (take: Take, name: string): Promise<void> =>
  rpc.takes.save({ ...take, name }).then(() => {}, showErrorToast);

export async function removeTake(take: Take): Promise<void> {
  const { t } = language();
  try {
    await rpc.takes.remove({ id: take.id });
    showToast({
      tone: 'info',
      message: t('voice.takeRemoved', { name: take.name }),
      action: { label: t('ui.undo'), run: () => void rpc.takes.save(take).catch(showErrorToast) },
    });
  } catch (error) {
    showErrorToast(error);
  }
}

/** What the script is spoken with; null: voices again. */
export function setRecording(asset: Take['asset'] | null): void {
  editDocument(asset === null ? 'voice.stepRecordingOff' : 'voice.stepRecording', (draft) => {
    draft.script.recording = asset;
  });
  sealEdit();
}

/** The takes of the open project, and what becomes of them. */
import { useEffect, useState } from 'react';
import { createStore } from 'zustand/vanilla';
import type { Take } from '../../../../app/document/take.ts';
import { isConnectionLoss } from '../../../bridge/errors.ts';
import { rpc, upload } from '../../../bridge/index.ts';
import { language } from '../../../state/language.ts';
import { editDocument, sealEdit } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { follow } from '../../../state/studio-store.ts';
import { showToast } from '../../../state/toasts.ts';
import { showPart } from '../voice-store.ts';
import { adoptTakes, forgetTake, type KeptTake } from './kept-takes.ts';
import { type Recorded, recordedOf } from './wav-blob.ts';

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

interface UnsentTake extends KeptTake {
  said: Recorded;
  name: string;
}
/** Recorded and not with the studio yet. */
export const unsentStore = createStore<{ takes: readonly UnsentTake[] }>(() => ({ takes: [] }));

async function addUnsent(take: KeptTake, said: Recorded): Promise<string> {
  const { projectId } = take;
  const { length } = await rpc.takes.list({ projectId }).catch(() => []);
  const waiting = unsentStore.getState().takes.filter((other) => other.projectId === projectId).length;
  const name = language().t('voice.takeName', { count: length + waiting + 1 });
  unsentStore.setState(({ takes }) => ({ takes: [...takes, { ...take, said, name }] }));
  return name;
}

/** Gives its name. @throws what an upload or a call throws; the take is then kept in the browser and goes along with the next one. */
export async function sendTake(take: KeptTake, said: Recorded): Promise<string> {
  const name = await addUnsent(take, said);
  await sendTakes();
  return name;
}

let sending: Promise<void> | null = null;
/** All that wait. One that the studio does not take keeps no other from its way. */
export function sendTakes(): Promise<void> {
  sending ??= sendAll().finally(() => {
    sending = null;
  });
  return sending;
}
async function sendAll(): Promise<void> {
  const tried = new Set<string>();
  let fault: { error: unknown } | null = null;
  for (;;) {
    const next = unsentStore.getState().takes.find(({ id }) => !tried.has(id));
    if (next === undefined) break;
    tried.add(next.id);
    const { id, projectId, recordedAtMs, said, name } = next;
    try {
      const asset = await upload(said.wav, { fileName: `${name}.wav` });
      await rpc.takes.save({ id, projectId, name, asset, durationMs: said.durationMs, recordedAtMs });
    } catch (error) {
      fault ??= { error };
      if (isConnectionLoss(error)) break;
      continue;
    }
    unsentStore.setState(({ takes }) => ({ takes: takes.filter((other) => other !== next) }));
    await forgetTake(id);
  }
  if (fault !== null) throw fault.error;
}

/** What a reload, a crash or a lost connection left behind, in this window or in one that is gone. */
export async function bringBackTakes(): Promise<void> {
  for (const { pieces, ...take } of await adoptTakes()) {
    const name = await addUnsent(take, recordedOf(pieces, take.sampleRate));
    showToast({ tone: 'info', message: language().t('voice.takeFound', { name }) });
  }
  if (unsentStore.getState().takes.length > 0) await sendTakes();
}

/** Told where the list of takes is not in view. */
export function showTakes(name: string): void {
  const { t } = language();
  showToast({
    tone: 'success',
    message: t('voice.takeKept', { name }),
    action: { label: t('voice.showTakes'), run: () => showPart('recording') },
  });
}

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

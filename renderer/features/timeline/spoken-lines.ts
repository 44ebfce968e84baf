/**
 * Lines as they are spoken, for those that are looked at alone. What was spoken of an older text stays until the newer is there.
 * A voice in the cloud is asked for nothing here; its lines come once they have been heard.
 */
import { createStore } from 'zustand/vanilla';
import type { SpokenLine } from '../../../app/contract/script.ts';
import type { ScriptLine } from '../../../app/document/script.ts';
import { rpc } from '../../bridge/index.ts';
import { projectStore } from '../../state/project.ts';
import { durationStore, lengthKey, tellLength } from '../script/durations.ts';
import { lineOf } from '../script/lines-index.ts';
import { askForVoices, isCloudVoice } from '../voice/voice-list.ts';

export interface SpokenLines {
  byId: ReadonlyMap<string, { key: string; spoken: SpokenLine }>;
}
export const spokenStore = createStore<SpokenLines>(() => ({ byId: new Map() }));

const QUIET_MS = 500;
const AT_ONCE = 2;
const KEPT = 300;

let wanted: readonly string[] = [];
let around: readonly unknown[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
const asking = new Map<string, AbortController>();
/** Lines that cannot be spoken as they are. */
const refused = new Map<string, string>();

/** The lines that are in view now, the most important first. */
export function wantSpoken(lineIds: readonly string[]): void {
  wanted = lineIds;
  for (const [id, abort] of asking) if (!lineIds.includes(id)) abort.abort(new Error('no longer in view'));
  clearTimeout(timer);
  timer = setTimeout(() => void askForVoices().then(ask), QUIET_MS);
}

export function forgetSpoken(): void {
  wanted = [];
  clearTimeout(timer);
  for (const abort of asking.values()) abort.abort(new Error('no longer shown'));
}

function ask(): void {
  const { document, id: projectId } = projectStore().getState();
  if (document === null || projectId === null) return;
  const now = [projectId, document.voice, document.script.dictionary];
  if (now.some((part, index) => part !== around[index])) {
    around = now;
    refused.clear();
    // Another voice: the same text has another key.
    voiceRound += 1;
  }
  for (const id of wanted) {
    if (asking.size >= AT_ONCE) return;
    const line = lineOf(document, id);
    if (line === undefined || line.text.trim() === '' || asking.has(id)) continue;
    const key = keyOf(line);
    if (spokenStore.getState().byId.get(id)?.key === key || refused.get(id) === key) continue;
    const measured = durationStore.getState().lengths.get(lengthKey(line))?.measured ?? false;
    if (!measured && isCloudVoice(line.voiceId ?? document.voice.voiceId)) continue;
    void speak(projectId, line, key);
  }
}

let voiceRound = 0;
const keyOf = (line: ScriptLine): string => `${voiceRound}\n${lengthKey(line)}`;

async function speak(projectId: string, line: ScriptLine, key: string): Promise<void> {
  const abort = new AbortController();
  asking.set(line.id, abort);
  try {
    await projectStore().flush();
    abort.signal.throwIfAborted();
    const spoken = await rpc.script.speakLine(
      { source: { kind: 'project', projectId, lineId: line.id } },
      { signal: abort.signal },
    );
    const { byId } = spokenStore.getState();
    const next = new Map(byId);
    next.delete(line.id);
    next.set(line.id, { key, spoken });
    // The oldest go first.
    for (const id of [...next.keys()].slice(0, Math.max(0, next.size - KEPT))) next.delete(id);
    spokenStore.setState({ byId: next });
    tellLength(line, spoken.durationMs);
  } catch {
    // The script and the preview tell what is wrong with the line.
    if (!abort.signal.aborted) refused.set(line.id, key);
  } finally {
    asking.delete(line.id);
    ask();
  }
}

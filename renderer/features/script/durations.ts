/**
 * How long lines take, and which of them have errors. Both are found out after the typing, for lines that have changed alone, and
 * kept by what decides them: text and voice. Nothing here is done per keystroke.
 */
import { createStore } from 'zustand/vanilla';
import type { Project } from '../../../app/document/project.ts';
import type { ScriptLine } from '../../../app/document/script.ts';
import { parseLine } from '../../../app/speech/script/parse.ts';
import { isConnectionLoss } from '../../bridge/errors.ts';
import { connection, rpc } from '../../bridge/index.ts';
import { projectStore } from '../../state/project.ts';

export interface LineLength {
  durationMs: number;
  /** Measured on sound that is there; otherwise reckoned from the text. */
  measured: boolean;
}
export interface Durations {
  lengths: ReadonlyMap<string, LineLength>;
  /** Of lines whose text is just being changed: what they took before. */
  before: ReadonlyMap<string, LineLength>;
  /** With the pauses, but the last; null until everything is known. */
  totalMs: number | null;
  /** Every line has been measured. */
  exact: boolean;
  faulty: readonly string[];
}
export const durationStore = createStore<Durations>(() => ({
  ...{ lengths: new Map(), before: new Map(), totalMs: null, exact: false, faulty: [] },
}));

export const lengthKey = ({ text, voiceId }: ScriptLine): string => `${voiceId ?? ''}\n${text}`;
export const lengthOf = ({ lengths, before }: Durations, line: ScriptLine): LineLength | null =>
  lengths.get(lengthKey(line)) ?? before.get(line.id) ?? null;

const QUIET_MS = 350;
const AT_ONCE = 2_000;
const KEPT = 20_000;
const SLICE = 200;

let users = 0;
let stop: (() => void) | null = null;

/** For as long as something shows them; gives what ends it. */
export function followDurations(): () => void {
  users += 1;
  stop ??= start();
  return () => {
    users -= 1;
    if (users > 0) return;
    stop?.();
    stop = null;
  };
}

/** A line has just been spoken: its length is known now. */
export function tellLength(line: ScriptLine, durationMs: number): void {
  const { lengths } = durationStore.getState();
  const known = lengths.get(lengthKey(line));
  if (known?.measured && Math.abs(known.durationMs - durationMs) < 1) return;
  durationStore.setState({ lengths: new Map(lengths).set(lengthKey(line), { durationMs, measured: true }) });
  summarise(projectStore().getState().document);
}

function start(): () => void {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let around: unknown[] = [];
  let running = false;
  let faultsOf = new Map<string, boolean>();

  const schedule = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void reckon(), QUIET_MS);
  };

  async function reckon(): Promise<void> {
    if (running || abort.signal.aborted) return;
    const { document } = projectStore().getState();
    if (document === null) return;
    running = true;
    try {
      await findFaults(document);
      await findLengths(document);
    } catch (error) {
      if (!isConnectionLoss(error) && !abort.signal.aborted) console.warn('Line lengths are not known', error);
    } finally {
      running = false;
      if (projectStore().getState().document !== document) schedule();
    }
  }

  async function findFaults({ script, emotions }: Project): Promise<void> {
    const names = emotions.map(({ name }) => name);
    const next = new Map<string, boolean>();
    for (const [index, { text }] of script.lines.entries()) {
      if (index % SLICE === SLICE - 1) await new Promise((resolve) => setTimeout(resolve));
      if (!next.has(text)) next.set(text, faultsOf.get(text) ?? !parseLine(text, 1, names).ok);
    }
    faultsOf = next;
    const faulty = script.lines.filter(({ text }) => next.get(text)).map(({ id }) => id);
    if (faulty.join() !== durationStore.getState().faulty.join()) durationStore.setState({ faulty });
  }

  async function findLengths(document: Project): Promise<void> {
    const { voice, emotions } = document;
    const { lines, dictionary } = document.script;
    const { lengths } = durationStore.getState();
    const missing = new Map<string, ScriptLine>();
    for (const line of lines) {
      const key = lengthKey(line);
      if (!lengths.has(key) && !missing.has(key)) missing.set(key, line);
    }
    const asked = [...missing.values()];
    for (let from = 0; from < asked.length; from += AT_ONCE) {
      const batch = asked.slice(from, from + AT_ONCE);
      const answers = await rpc.script.estimate(
        { lines: batch, voice, dictionary, emotions },
        { signal: abort.signal },
      );
      const byId = new Map(batch.map((line) => [line.id, line]));
      const now = durationStore.getState().lengths;
      // Lengths of texts that are gone are worth keeping (undo), as long as they are not many.
      const next = new Map(now.size > KEPT ? [] : now);
      for (const { lineId, durationMs, measured } of answers) {
        const line = byId.get(lineId);
        if (line !== undefined) next.set(lengthKey(line), { durationMs, measured });
      }
      durationStore.setState({ lengths: next });
    }
    summarise(document);
  }

  const onDocument = (): void => {
    const { document } = projectStore().getState();
    if (document === null) return;
    const next = [document.id, document.voice, document.script.dictionary, document.emotions];
    if (next.some((part, index) => part !== around[index])) {
      around = next;
      faultsOf = new Map();
      durationStore.setState({ lengths: new Map() });
    }
    schedule();
  };
  const unsubscribe = projectStore().subscribe((state, before) => {
    if (state.document !== before.document) onDocument();
  });
  const again = connection.store.subscribe(schedule);
  onDocument();
  return () => {
    abort.abort(new Error('no longer shown'));
    clearTimeout(timer);
    unsubscribe();
    again();
  };
}

function summarise(document: Project | null): void {
  if (document === null) return;
  const state = durationStore.getState();
  const before = new Map<string, LineLength>();
  const { lines } = document.script;
  let totalMs: number | null = 0;
  let exact = true;
  for (const [index, line] of lines.entries()) {
    const length = lengthOf(state, line);
    if (length !== null) before.set(line.id, length);
    exact &&= length?.measured ?? false;
    const pauseMs = index < lines.length - 1 ? line.pauseAfterMs : 0;
    totalMs = totalMs === null || length === null ? null : totalMs + length.durationMs + pauseMs;
  }
  durationStore.setState({ totalMs, exact, before });
}

/**
 * A language model at work on the script. What it writes is shown where it will stand and becomes part of the document in one step, once
 * all is written or the person stops it: finished lines are taken then, the one in the making is dropped.
 */
import { createStore } from 'zustand/vanilla';
import type { WritingEvent, WritingTask } from '../../../../app/contract/writing.ts';
import type { ScriptLine } from '../../../../app/document/script.ts';
import { EMOTIONS } from '../../../../app/speech/emotion.ts';
import { rpc } from '../../../bridge/index.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { language } from '../../../state/language.ts';
import { openDocument } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { showToast } from '../../../state/toasts.ts';
import { insertDrafted, setWritten } from '../line-edits.ts';
import { linesNow } from '../lines-index.ts';

type Change = Partial<Pick<ScriptLine, 'text' | 'emotion' | 'intensity'>>;

export interface WritingRun {
  task: WritingTask;
  /** The lines it is about, in order; of a draft none. */
  lineIds: readonly string[];
  /** By line: what is there of it so far. */
  texts: Readonly<Record<string, string>>;
  /** Lines of a draft, the last one perhaps in the making. */
  drafted: readonly string[];
  done: number;
  /** Nothing has come yet. */
  waiting: boolean;
}
export const writingStore = createStore<{ run: WritingRun | null }>(() => ({ run: null }));

export const STEPS: Readonly<Record<WritingTask, MessageKey>> = {
  draft: 'writing.stepDraft',
  rewrite: 'writing.stepRewrite',
  shorten: 'writing.stepShorten',
  vary: 'writing.stepVary',
  translate: 'writing.stepTranslate',
  emotions: 'writing.stepEmotions',
};

let stopping: AbortController | null = null;
export const stopWriting = (): void => stopping?.abort();

export interface WritingWish {
  wish?: string;
  language?: string | null;
  /** Of a draft: it goes on after this line. */
  afterId?: string | null;
}

export async function startWriting(task: WritingTask, ids: readonly string[], asked: WritingWish = {}): Promise<void> {
  const document = openDocument();
  if (document === null || stopping !== null) return;
  const wanted = new Set(ids);
  const isDraft = task === 'draft';
  const sources = isDraft
    ? before(asked.afterId ?? null)
    : linesNow().filter(({ id, text }) => wanted.has(id) && text.trim() !== '');
  if (!isDraft && sources.length === 0) return;
  const abort = new AbortController();
  stopping = abort;
  const lineIds = isDraft ? [] : sources.map(({ id }) => id);
  let run: WritingRun = { task, lineIds, texts: {}, drafted: [], done: 0, waiting: true };
  writingStore.setState({ run });
  const finished = new Map<number, Change>();
  let ended: 'well' | 'badly' = 'well';
  try {
    const events = await rpc.writing.write(
      {
        ...{ task, wish: asked.wish ?? '', language: asked.language ?? null },
        lines: sources.map(({ id, text, emotion, intensity }) => ({ id, text, emotion, intensity })),
        emotions: [...EMOTIONS, ...document.emotions.map(({ name }) => name)],
      },
      { signal: abort.signal },
    );
    for await (const event of events) {
      if (abort.signal.aborted) break;
      run = withEvent(run, event, finished);
      writingStore.setState({ run });
    }
  } catch (error) {
    ended = 'badly';
    if (!abort.signal.aborted) showErrorToast(error);
  } finally {
    stopping = null;
    writingStore.setState({ run: null });
  }
  if (openDocument()?.id !== document.id) return;
  if (finished.size > 0) take(task, finished, sources, asked.afterId ?? null);
  else if (ended === 'well' && !abort.signal.aborted) tellNothing();
}

function before(afterId: string | null): readonly ScriptLine[] {
  const lines = linesNow();
  const at = afterId === null ? -1 : lines.findIndex(({ id }) => id === afterId);
  // Enough to go on from.
  return lines
    .slice(0, at < 0 ? lines.length : at + 1)
    .slice(-20)
    .filter(({ text }) => text.trim() !== '');
}

function withEvent(run: WritingRun, event: WritingEvent, finished: Map<number, Change>): WritingRun {
  const { line, text } = event;
  if (event.type === 'line') {
    const { emotion, intensity } = event;
    finished.set(line, {
      ...(text !== undefined && { text }),
      ...(emotion !== undefined && { emotion }),
      ...(intensity !== undefined && { intensity }),
    });
  }
  const done = finished.size;
  if (run.task === 'draft')
    return {
      ...run,
      waiting: false,
      done,
      drafted: text === undefined ? run.drafted : [...run.drafted.slice(0, line), text],
    };
  const id = run.lineIds[line];
  if (id === undefined || text === undefined) return { ...run, waiting: false, done };
  return { ...run, waiting: false, done, texts: { ...run.texts, [id]: text } };
}

function tellNothing(): void {
  const { t } = language();
  showToast({ tone: 'info', message: t('writing.nothing'), hint: t('writing.nothingHint') });
}

/** What is finished becomes part of the document. */
function take(
  task: WritingTask,
  finished: ReadonlyMap<number, Change>,
  sources: readonly ScriptLine[],
  afterId: string | null,
): void {
  const { t } = language();
  let count = finished.size;
  if (task === 'draft') insertDrafted(STEPS.draft, afterId, [...finished.values()]);
  else {
    const now = new Map(linesNow().map((line) => [line.id, line]));
    // A line that somebody changed meanwhile is theirs.
    const mine = [...finished].flatMap(([line, change]) => {
      const source = sources[line]!;
      return now.get(source.id)?.text === source.text ? [[source.id, change] as const] : [];
    });
    count = mine.length;
    if (count > 0) setWritten(STEPS[task], new Map(mine));
    if (count < finished.size)
      showToast({ tone: 'info', message: t('writing.changedMeanwhile', { count: finished.size - count }) });
  }
  if (count > 0) showToast({ tone: 'success', message: t('writing.done', { what: t.any(STEPS[task]), count }) });
}

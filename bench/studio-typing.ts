/**
 * Typing into a long script, as Chromium's own trace has it (`EventLatency`): how long after a key the frame with its letter was on the
 * screen, and how long the main thread was busy at a stretch.
 */
import type { CDPSession } from 'playwright-core';
import type { StudioPages } from '../test/ui/studio-page.ts';

export interface TypingFigures {
  keys: number;
  /** From a key's arrival at the browser until the frame with its letter is on the screen, ms. */
  p50FrameMs: number;
  p95FrameMs: number;
  worstFrameMs: number;
  /** Longest task of the main thread while typing, ms. */
  longestTaskMs: number;
}

interface TraceEvent {
  name: string;
  cat: string;
  ph: string;
  pid: number;
  tid: number;
  /** µs. */
  ts: number;
  dur?: number;
  /** Of events that begin and end. */
  id?: string;
  id2?: { local?: string };
  args?: { data?: { type?: string }; event_latency?: { event_type?: string } };
}

export interface TypingOptions {
  lines?: number;
  /** Letters typed, at the pace of a fast writer. */
  keys?: number;
  paceMs?: number;
}

/** A project of so many lines, in both languages and with cues; its id. */
export async function createLongScript(rpc: StudioPages['rpc'], lines: number): Promise<string> {
  const { id } = await rpc.projects.create({ from: 'empty', locale: 'en', name: `${lines} lines` });
  const { revision } = await rpc.projects.get({ id });
  const texts = [
    'The morning train was late again, [500ms] and nobody on the platform seemed to mind.',
    '今天的天气真不错，[happy 0.7]我们去*公园*走走吧，顺便看看湖边的花。',
    'Numbers such as 3.14 and 2,000 are read as [rate 0.9]people read them[/rate].',
    '重{chóng}新开始并不难，难的是[serious]下定决心。[#card start]',
  ];
  const value = Array.from({ length: lines }, (_, index) => ({
    id: `line-${index}`,
    text: `${texts[index % texts.length]} ${index + 1}`,
    emotion: index % 5 === 0 ? 'happy' : 'neutral',
    intensity: 1,
    voiceId: null,
    pauseAfterMs: 300,
  }));
  await rpc.projects.edit({
    ...{ id, baseRevision: revision, clientId: 'bench', editId: 'lines' },
    patches: [{ op: 'replace', path: ['script', 'lines'], value }],
  });
  return id;
}

/** Opens the project of `lines` lines and types in its middle. */
export async function measureTyping(pages: StudioPages, options: TypingOptions = {}): Promise<TypingFigures> {
  const { lines = 2_000, keys = 120, paceMs = 80 } = options;
  const id = await createLongScript(pages.rpc, lines);
  const page = await pages.open(`#/project/${id}`, { viewport: { width: 1280, height: 720 } });
  const list = page.locator('[data-script-list]');
  await list.waitFor();
  await page.locator('[data-line-row]').first().waitFor();
  await page.evaluate(
    "{ const list = document.querySelector('[data-script-list]'); list.scrollTop = list.scrollHeight / 2; }",
  );
  await page.waitForTimeout(300);
  const row = page.locator('[data-line-row]').nth(8);
  await row.getByRole('textbox').click();
  await page.keyboard.press('End');
  // Lengths of all lines are reckoned once after opening; a writer begins after that.
  await page.locator('[data-line-row]').nth(8).getByText(/s$/).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(1_000);

  const cdp = await page.context().newCDPSession(page);
  const trace = await startTrace(cdp);
  const words = 'and then some more words are typed into the middle of it all ';
  for (let i = 0; i < keys; i++) {
    await page.keyboard.press(words[i % words.length] === ' ' ? 'Space' : words[i % words.length]!);
    await page.waitForTimeout(paceMs);
  }
  const events = await trace();
  await page.context().close();
  return figuresOf(events, keys);
}

async function startTrace(cdp: CDPSession): Promise<() => Promise<TraceEvent[]>> {
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      recordMode: 'recordAsMuchAsPossible',
      includedCategories: [
        'devtools.timeline',
        'toplevel',
        '__metadata',
        'cc',
        'benchmark',
        'input',
        'disabled-by-default-devtools.timeline',
      ],
      excludedCategories: ['*'],
    },
  });
  return async () => {
    const done = new Promise<void>((resolve) => cdp.once('Tracing.tracingComplete', () => resolve()));
    await cdp.send('Tracing.end');
    await done;
    return events;
  };
}

/** @throws Error where the trace does not hold what is measured */
function figuresOf(events: readonly TraceEvent[], keys: number): TypingFigures {
  const sorted = events.toSorted((a, b) => a.ts - b.ts);
  const frames = keyLatencies(sorted).sort((a, b) => a - b);
  const presses = sorted.filter(({ name, args }) => name === 'EventDispatch' && args?.data?.type === 'keydown');
  if (presses.length < keys * 0.9 || frames.length < keys * 0.7)
    throw new Error(`of ${keys} keys the trace holds ${presses.length}, and ${frames.length} frames for them`);
  const { pid, tid, ts: first } = presses[0]!;
  const last = presses.at(-1)!.ts + 200_000;
  const tasks = sorted.filter(
    (event) =>
      event.pid === pid && event.tid === tid && /RunTask$/.test(event.name) && event.ts >= first && event.ts <= last,
  );
  const at = (share: number): number => frames[Math.min(frames.length - 1, Math.ceil(frames.length * share) - 1)]!;
  return {
    keys: presses.length,
    p50FrameMs: at(0.5),
    p95FrameMs: at(0.95),
    worstFrameMs: frames.at(-1)!,
    longestTaskMs: Math.max(...tasks.map(({ dur = 0 }) => dur / 1000)),
  };
}

/** Of keys pressed, ms from their arrival at the browser until the frame they led to was on the screen. */
function keyLatencies(sorted: readonly TraceEvent[]): number[] {
  const begun = new Map<string, TraceEvent>();
  const latencies: number[] = [];
  for (const event of sorted) {
    if (event.name !== 'EventLatency') continue;
    const id = `${event.pid} ${event.id ?? event.id2?.local}`;
    const begin = begun.get(id);
    if (event.ph === 'b') begun.set(id, event);
    else if (begin !== undefined) {
      begun.delete(id);
      if (begin.args?.event_latency?.event_type === 'KEY_PRESSED') latencies.push((event.ts - begin.ts) / 1000);
    }
  }
  return latencies;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showSchema } from '../document/live.ts';
import { scriptSchema } from '../document/script.ts';
import { sentenceRanges } from '../speech/punctuation.ts';
import { type PlayedItem, ShowCursor, type ShowSource } from './cursor.ts';
import { liveCommandSchema, type ShowPosition } from './protocol.ts';
import { type SayCommand, type SpeechCommand, type SpeechEffect, SpeechQueue } from './speech-queue.ts';

const source: ShowSource = {
  emotions: [],
  script: scriptSchema.parse({}),
  live: {
    show: showSchema.parse({
      seed: 7,
      order: 'shuffled',
      opening: [{ kind: 'script', id: 'hello', lines: [{ id: 'o', text: '大家好。欢迎！' }] }],
      segments: [
        {
          ...{ kind: 'script', id: 'a', order: 'shuffled', times: 2 },
          lines: [
            { id: '1', text: '{新品|爆款|主角}来了。看一看。买一件。' },
            { id: '2', text: '一句。' },
            { id: '3', text: '{|真的}很好。两句。' },
          ],
        },
        { kind: 'idle', id: 'b', durationMs: 1000 },
        { kind: 'script', id: 'c', lines: [{ id: '1', text: '一。二。三。四。五。' }] },
      ],
    }),
  },
};
const NOON = Date.UTC(2026, 10, 22, 12);
const openCursor = (position: ShowPosition | null): ShowCursor =>
  new ShowCursor({ source, position, utcOffset: () => 0 });
const nextPlayed = (cursor: ShowCursor): PlayedItem => {
  for (;;) {
    const item = cursor.next(NOON);
    if ('insert' in item || item.kind === 'line' || item.kind === 'recording') return item;
    assert.ok(item.kind === 'gap' || item.kind === 'idle');
  }
};
const countOf = (text: string): number => sentenceRanges(text).length;
const sayOf = (id: string, sentences: number, more: Partial<SayCommand> = {}): SayCommand =>
  liveCommandSchema.parse({ type: 'say', id, text: '说。'.repeat(sentences), ...more }) as SayCommand;

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Voice {
  id: string;
  count: number;
  /** Next to begin; while `within`, being said. */
  sentence: number;
  within: boolean;
  stop: 'now' | 'sentence' | null;
}
interface Heard {
  id: string;
  sentence: number;
}

/** A session as far as the director sees one: voices that say sentence by sentence, and a supervisor that keeps what it is told. */
class Stage {
  cursor = openCursor(null);
  queue = new SpeechQueue();
  ahead: PlayedItem[] = [];
  voice: Voice | null = null;
  next = this.cursor.position();
  /** What the supervisor has. */
  kept = this.queue.position(this.next);
  readonly open = new Map<string, SayCommand>();
  readonly counts = new Map<string, number>();
  /** By the order of beginning, without repeats. */
  readonly offered: PlayedItem[] = [];
  readonly heard: Heard[] = [];
  readonly begun: { id: string; from: number }[] = [];
  readonly done: { id: string; said: boolean }[] = [];
  readonly cut: Heard[] = [];

  ask(command: SpeechCommand): void {
    if (command.type === 'say') {
      this.open.set(command.id, command);
      this.counts.set(command.id, countOf(command.text));
    }
    this.dispatch({ type: 'asked', command });
  }

  dispatch(event: Parameters<SpeechQueue['dispatch']>[0]): void {
    for (const effect of this.queue.dispatch(event)) this.carryOut(effect);
    this.kept = JSON.parse(JSON.stringify(this.queue.position(this.next))) as ShowPosition;
  }

  carryOut(effect: SpeechEffect): void {
    if (effect.do === 'speak') {
      assert.equal(this.voice, null, 'two voices at once');
      const { speech, fromSentence } = effect;
      const count = this.counts.get(speech.id)!;
      this.voice = { id: speech.id, count, sentence: fromSentence, within: false, stop: null };
      this.begun.push({ id: speech.id, from: fromSentence });
    } else if (effect.do === 'stop') {
      assert.equal(this.voice?.id, effect.id);
      this.voice.stop = effect.at;
    } else if (effect.do === 'done') {
      this.done.push({ id: effect.id, said: effect.said });
      this.open.delete(effect.id);
    }
  }

  /** What a session does next by itself; false where there is nothing. `soon`: a stop is carried out now. */
  step(lookAhead: number, soon: boolean): boolean {
    const { voice } = this;
    if (voice === null) {
      if (!this.queue.wantsShow) return false;
      while (this.ahead.length <= lookAhead) this.ahead.push(nextPlayed(this.cursor));
      const item = this.ahead.shift()!;
      this.next = item.after;
      assert.ok(item.kind === 'line');
      this.counts.set(item.id, countOf(item.line.text));
      const last = this.offered.at(-1);
      // After a crash the line that was on is offered again: the same words.
      if (last?.id === item.id) assert.equal(last.kind === 'line' && last.line.text, item.line.text);
      else this.offered.push(item);
      this.dispatch({ type: 'offered', item });
    } else if (voice.stop !== null && (voice.stop === 'now' ? soon : !voice.within)) {
      this.voice = null;
      const sentence = voice.within ? voice.sentence : null;
      if (sentence !== null) this.cut.push({ id: voice.id, sentence });
      this.dispatch({ type: 'cut', id: voice.id, sentence });
    } else if (voice.within) {
      voice.within = false;
      this.heard.push({ id: voice.id, sentence: voice.sentence });
      voice.sentence += 1;
      this.dispatch({ type: 'sentence-ended', id: voice.id, sentence: voice.sentence - 1 });
    } else if (voice.sentence >= voice.count) {
      this.voice = null;
      this.dispatch({ type: 'ended', id: voice.id });
    } else {
      voice.within = true;
      this.dispatch({ type: 'sentence-started', id: voice.id, sentence: voice.sentence });
    }
    return true;
  }

  /** kill -9, and the next session with what the supervisor has. */
  kill(): void {
    this.voice = null;
    this.ahead = [];
    this.cursor = openCursor(this.kept);
    this.next = this.cursor.position();
    this.queue = new SpeechQueue(this.kept.desk);
    this.dispatch({ type: 'start' });
    for (const command of this.open.values()) this.dispatch({ type: 'asked', command });
  }
}

function playAtRandom(seed: number, utterances: number, killing: boolean): void {
  const chance = random(seed);
  const below = (n: number): number => Math.floor(chance() * n);
  const stage = new Stage();
  const dropped = new Set<string>();
  /** Passed over by `resume: 'next'`. */
  const mayMiss = new Set<string>();
  /** Commands by id, and the stack of what was begun and is not over. */
  const commands = new Map<string, SayCommand>();
  const stack: string[] = [];
  let begunSeen = 0;
  let kills = 0;
  let asked = 0;

  const unfinished = (): string[] => [...stack, ...stage.open.keys()];
  const look = (): void => {
    for (; begunSeen < stage.begun.length; begunSeen++) {
      const { id } = stage.begun[begunSeen]!;
      assert.ok(!dropped.has(id), `${id} was dropped`);
      while (stack.length > 0 && (dropped.has(stack.at(-1)!) || isOver(stack.at(-1)!))) stack.pop();
      if (stack.at(-1) === id) continue;
      assert.ok(!stack.includes(id), `${id} goes on before what cut it off is over`);
      const command = commands.get(id);
      if (command === undefined || command.intent === 'queue')
        assert.deepEqual(stack, [], `${id} came between the halves of another`);
      stack.push(id);
    }
  };
  const isOver = (id: string): boolean => {
    const command = commands.get(id);
    if (command !== undefined) return !stage.open.has(id);
    return (
      stage.queue.now?.speech.id !== id && !stage.queue.state.waiting.some((w) => w !== 'show' && w.speech.id === id)
    );
  };

  while (asked < utterances) {
    const kind = chance();
    if (kind < 0.14) {
      const intent = (['queue', 'queue', 'queue', 'queue', 'interrupt', 'interrupt', 'interrupt', 'replace'] as const)[
        below(8)
      ]!;
      const resume = (['interrupted', 'next'] as const)[below(2)]!;
      const command = sayOf(`desk-${asked++}`, 1 + below(4), { intent, resume });
      commands.set(command.id, command);
      if (intent === 'replace') {
        for (const id of unfinished()) if (!isOver(id)) dropped.add(id);
      } else if (intent === 'interrupt' && resume === 'next' && stage.voice !== null) {
        for (let k = 0; k < stage.voice.count; k++) mayMiss.add(`${stage.voice.id} ${k}`);
      }
      stage.ask(command);
      if (below(5) === 0) stage.ask(command);
      if (below(5) === 0) stage.ask({ ...command, intent: 'replace' });
    } else if (kind < 0.17) stage.ask({ type: 'pause', at: below(2) === 0 ? 'sentence' : 'now' });
    else if (kind < 0.25) stage.ask({ type: 'resume' });
    else if (kind < 0.28) {
      const on = stage.voice?.id ?? stage.queue.upcoming?.speech.id;
      if (on !== undefined) dropped.add(on);
      stage.ask({ type: 'skip', what: 'line' });
    } else if (killing && kind < 0.285) {
      kills++;
      stage.kill();
    } else stage.step(below(4), below(2) === 0);
    look();
  }
  stage.ask({ type: 'resume' });
  const lines = stage.offered.length + 5;
  while (stage.open.size > 0 || stage.offered.length < lines || stage.voice !== null) {
    if (!stage.step(0, true)) assert.fail('it stands still');
    look();
    if (stage.offered.length > lines + 1) break;
  }

  // The show: the very lines, words and order of one that nothing happened to.
  const reference = openCursor(null);
  for (const item of stage.offered) {
    const expected = nextPlayed(reference);
    assert.deepEqual(
      [item.id, item.kind === 'line' && item.line.text],
      [expected.id, expected.kind === 'line' && expected.line.text],
    );
  }
  const place = new Map(stage.offered.map(({ id }, index) => [id, index]));
  const ofShow = stage.heard.filter(({ id }) => place.has(id)).map(({ id }) => place.get(id)!);
  assert.deepEqual(
    ofShow,
    ofShow.toSorted((a, b) => a - b),
    'lines in order',
  );
  // Every utterance: each of its sentences once, in order.
  const heard = new Map<string, number[]>();
  for (const { id, sentence } of stage.heard) heard.set(id, [...(heard.get(id) ?? []), sentence]);
  const current = stage.queue.now?.speech.id;
  const cut = new Set(stage.cut.map(({ id, sentence }) => `${id} ${sentence}`));
  for (const id of [...stage.offered.map((item) => item.id), ...commands.keys()]) {
    const said = heard.get(id) ?? [];
    for (const [i, sentence] of said.entries())
      assert.ok(i === 0 || sentence > said[i - 1]!, `${id} doubled or out of order`);
    if (dropped.has(id) || id === current) continue;
    const missing = Array.from({ length: stage.counts.get(id)! }, (_, k) => k).filter((k) => !said.includes(k));
    for (const k of missing)
      assert.ok(mayMiss.has(`${id} ${k}`) && cut.has(`${id} ${k}`), `${id}: sentence ${k} was lost`);
  }
  // Of each desk utterance one end is told.
  assert.deepEqual(stage.done.map(({ id }) => id).toSorted(), [...commands.keys()].toSorted());
  for (const { id, said } of stage.done) assert.equal(said, !dropped.has(id), id);
  if (killing) assert.ok(kills > 5);
}

test('1,000 utterances queued, interrupted, paused, skipped and resumed at random: no sentence is lost, doubled or out of order', () => {
  for (let seed = 1; seed <= 12; seed++) playAtRandom(seed, 1000, false);
});

test('the same when the session is killed at random and goes on where it was told to be', () => {
  for (let seed = 101; seed <= 112; seed++) playAtRandom(seed, 1000, true);
});

/** A queue that says the show's first line of three sentences up to within its second. */
function midLine(): {
  queue: SpeechQueue;
  ask: (command: unknown) => string[];
  tell: (event: Parameters<SpeechQueue['dispatch']>[0]) => string[];
  item: PlayedItem;
} {
  const cursor = openCursor(null);
  nextPlayed(cursor);
  const item = nextPlayed(cursor);
  const queue = new SpeechQueue();
  const words = (effects: SpeechEffect[]): string[] =>
    effects.map((effect) => {
      if (effect.do === 'speak') return `speak ${effect.speech.id} ${effect.fromSentence}`;
      if (effect.do === 'stop') return `stop ${effect.id} ${effect.at}`;
      return effect.do === 'done' ? `done ${effect.id} ${effect.said}` : effect.do;
    });
  const tell = (event: Parameters<SpeechQueue['dispatch']>[0]): string[] => words(queue.dispatch(event));
  const renamed = { ...item, id: 'line' };
  assert.deepEqual(tell({ type: 'offered', item: renamed }), ['speak line 0']);
  tell({ type: 'sentence-started', id: 'line', sentence: 0 });
  tell({ type: 'sentence-ended', id: 'line', sentence: 0 });
  tell({ type: 'sentence-started', id: 'line', sentence: 1 });
  return {
    queue,
    ask: (command) => tell({ type: 'asked', command: liveCommandSchema.parse(command) as SpeechCommand }),
    tell,
    item: renamed,
  };
}
const say = (id: string, intent: string, more: object = {}) => ({ type: 'say', id, text: '说。', intent, ...more });

test('an interrupted line goes on at the sentence that was cut off, or at the next; between two sentences nothing was', () => {
  for (const [resume, sentence, from] of [
    ['interrupted', 1, 1],
    ['next', 1, 2],
    ['next', null, 1],
  ] as const) {
    const { ask, tell, queue, item } = midLine();
    assert.deepEqual(ask(say('a', 'interrupt', { resume })), ['stop line now']);
    assert.deepEqual(tell({ type: 'cut', id: 'line', sentence }), ['speak a 0']);
    assert.deepEqual(queue.position(item.after), {
      ...{ ...item.at, sentence: from },
      desk: [{ command: liveCommandSchema.parse(say('a', 'interrupt', { resume })), sentence: 0 }],
    });
    assert.deepEqual(tell({ type: 'ended', id: 'a' }), ['done a true', `speak line ${from}`]);
  }
});

test('an interruption can be interrupted; what was queued waits until all of them and the line are over', () => {
  const { ask, tell, queue } = midLine();
  assert.deepEqual(ask(say('q', 'queue')), []);
  ask(say('a', 'interrupt'));
  // A second before the voice has stopped: it comes first.
  assert.deepEqual(ask(say('b', 'interrupt')), []);
  assert.deepEqual(tell({ type: 'cut', id: 'line', sentence: 1 }), ['speak b 0']);
  assert.deepEqual(ask(say('c', 'interrupt')), ['stop b now']);
  assert.deepEqual(tell({ type: 'cut', id: 'b', sentence: null }), ['speak c 0']);
  assert.deepEqual(tell({ type: 'ended', id: 'c' }), ['done c true', 'speak b 0']);
  assert.deepEqual(tell({ type: 'ended', id: 'b' }), ['done b true', 'speak a 0']);
  assert.deepEqual(tell({ type: 'ended', id: 'a' }), ['done a true', 'speak line 1']);
  assert.equal(queue.wantsShow, false);
  assert.deepEqual(tell({ type: 'ended', id: 'line' }), ['speak q 0']);
  assert.deepEqual(tell({ type: 'ended', id: 'q' }), ['done q true']);
  assert.equal(queue.wantsShow, true);
});

test('a replacement drops the line and all that waits, and tells so at once', () => {
  const { ask, tell, queue, item } = midLine();
  ask(say('q', 'queue'));
  ask(say('a', 'interrupt'));
  tell({ type: 'cut', id: 'line', sentence: 1 });
  assert.deepEqual(ask(say('r', 'replace')), ['done q false', 'done a false', 'stop a now']);
  assert.deepEqual(tell({ type: 'cut', id: 'a', sentence: 0 }), ['speak r 0']);
  assert.equal(queue.position(item.after).line, item.after.line);
  assert.deepEqual(tell({ type: 'ended', id: 'r' }), ['done r true']);
  assert.equal(queue.wantsShow, true);
});

test('a pause lets the sentence be finished or not; what is asked meanwhile waits, and cuts nothing off', () => {
  const { ask, tell, queue } = midLine();
  assert.deepEqual(ask({ type: 'pause' }), ['stop line sentence']);
  assert.deepEqual(ask(say('a', 'interrupt')), []);
  tell({ type: 'sentence-ended', id: 'line', sentence: 1 });
  assert.deepEqual(tell({ type: 'cut', id: 'line', sentence: null }), []);
  assert.equal(queue.wantsShow, false);
  assert.deepEqual(ask({ type: 'resume' }), ['speak a 0']);
  assert.deepEqual(tell({ type: 'ended', id: 'a' }), ['done a true', 'speak line 2']);
  tell({ type: 'sentence-started', id: 'line', sentence: 2 });
  assert.deepEqual(ask({ type: 'pause' }), ['stop line sentence']);
  assert.deepEqual(ask({ type: 'pause', at: 'now' }), ['stop line now'], 'sooner than asked before');
  tell({ type: 'cut', id: 'line', sentence: 2 });
  assert.deepEqual(ask({ type: 'resume' }), ['speak line 2']);
});

test('what is skipped is what is on; leaving the segment leaves the desk alone', () => {
  const { ask, tell, queue } = midLine();
  ask(say('a', 'interrupt'));
  tell({ type: 'cut', id: 'line', sentence: 1 });
  assert.deepEqual(ask({ type: 'skip', what: 'segment' }), []);
  assert.equal(queue.now?.speech.id, 'a');
  assert.deepEqual(ask({ type: 'skip' }), ['done a false', 'stop a now']);
  assert.deepEqual(tell({ type: 'cut', id: 'a', sentence: 0 }), []);
  assert.equal(queue.wantsShow, true, 'the line it had interrupted was of the segment');
  assert.deepEqual(ask({ type: 'skip' }), ['skip-silence']);
  const other = midLine();
  assert.deepEqual(other.ask({ type: 'goTo', segmentId: 'c' }), ['stop line now']);
  assert.deepEqual(other.tell({ type: 'cut', id: 'line', sentence: 1 }), []);
  assert.equal(other.queue.wantsShow, true);
});

test('a clean end finishes the sentence, drops what waits, also while it is paused, and takes the closing', () => {
  const { ask, tell, queue } = midLine();
  ask(say('q', 'queue'));
  ask({ type: 'pause' });
  assert.deepEqual(tell({ type: 'closing' }), ['done q false']);
  tell({ type: 'sentence-ended', id: 'line', sentence: 1 });
  assert.deepEqual(tell({ type: 'cut', id: 'line', sentence: null }), []);
  assert.equal(queue.wantsShow, true);
  assert.deepEqual(queue.dispatch({ type: 'cut', id: 'line', sentence: null }), [], 'late');
});

/**
 * What is said: the show's items and the desk's utterances, one at a time. A pure reducer; the session tells it what happened and does
 * what it answers. Silence is no item of it: while the show idles, the queue is `open` and the desk may speak.
 *
 * ```
 *            speak                     stop (interrupt, replace, skip, goTo, pause, closing)
 *   open ───────────▶ saying ─────────────────────────────────────────────▶ cutting
 *    ▲ ▲                │ ended                                              │ cut, ended
 *    │ └────────────────┘ (at once `saying` again where something waits)     │
 *    └───────────────────────────────────────────────────────────────────────┘ (the same)
 * ```
 * `paused` holds in every state: nothing is begun while it is set.
 */
import { type PlayedItem, positionIn } from './cursor.ts';
import type { LiveCommand, ShowPosition } from './protocol.ts';

export type SayCommand = Extract<LiveCommand, { type: 'say' }>;
/** A question comes in when the first sentence of its answer can be said. */
export type DeskCommand = Extract<LiveCommand, { type: 'say' | 'ask' }>;
export type SpeechCommand = Extract<LiveCommand, { type: 'say' | 'ask' | 'pause' | 'resume' | 'skip' | 'goTo' }>;

export type Speech =
  | { source: 'show'; id: string; item: PlayedItem }
  | { source: 'desk'; id: string; command: DeskCommand };

/** Of one utterance no event may come after its `ended` or `cut`, until it is begun again. */
export type SpeechEvent =
  /** First of all: begins what was kept. */
  | { type: 'start' }
  | { type: 'asked'; command: SpeechCommand }
  /** The show's next item; only while `wantsShow`. */
  | { type: 'offered'; item: PlayedItem }
  /** By the stream's clock. `sentence` counts from the utterance's beginning, whatever it was begun at. */
  | { type: 'sentence-started'; id: string; sentence: number }
  | { type: 'sentence-ended'; id: string; sentence: number }
  /** Wholly said, its pause after it included; also where it failed, or had no sentence left to say. */
  | { type: 'ended'; id: string }
  /** Answers `stop`: `sentence` is the one that was cut off, null where the voice stood between two. */
  | { type: 'cut'; id: string; sentence: number | null }
  /** The show is ended cleanly: the sentence is finished, all that waits is dropped, then the queue takes the closing's items. */
  | { type: 'closing' };

export type SpeechEffect =
  | { do: 'speak'; speech: Speech; fromSentence: number }
  /** At once, or after the sentence that is being said. Answered with `cut` (or `ended`). A second one for the same utterance is sooner. */
  | { do: 'stop'; id: string; at: 'now' | 'sentence' }
  /** A desk utterance is wholly said, or was dropped. */
  | { do: 'done'; id: string; said: boolean }
  /** Nothing was being said: the skip is for the show's silence (gap, idle). */
  | { do: 'skip-silence' };

/** Something to say, from a sentence on. */
interface Entry {
  speech: Speech;
  from: number;
}
/** 'show': the line the show was restored at, which has not been offered yet. */
type Waiting = Entry | 'show';

interface Voice {
  speech: Speech;
  /** All sentences before it are said, or were passed over. */
  from: number;
  /** Being said; null before the first and between two. */
  sentence: number | null;
}
type Saying =
  | { kind: 'open' }
  | ({ kind: 'saying' } & Voice)
  /**
   * The voice is told to stop. `rest` is what becomes of it: gone, or the entry among those that wait that it goes on as, at the sentence
   * that was cut off or the next.
   */
  | ({
      kind: 'cutting';
      at: 'now' | 'sentence';
      rest: null | { entry: Entry; resume: 'interrupted' | 'next' };
    } & Voice);

export interface SpeechState {
  now: Saying;
  /** In the order it will be said; the show's next item comes after all of it. */
  waiting: readonly Waiting[];
  paused: boolean;
  /** Of desk utterances that came in, the last so many. */
  seen: ReadonlySet<string>;
}

const REMEMBERED = 5000;

export function beginSpeech(kept: ShowPosition['desk'] = [], paused = false): SpeechState {
  const waiting = kept.map((one): Waiting => (one === null ? 'show' : entryOf(one.command, one.sentence)));
  return {
    now: { kind: 'open' },
    waiting,
    paused,
    seen: new Set(kept.flatMap((one) => (one === null ? [] : [one.command.id]))),
  };
}

/** The next item of the show may be offered: nothing is being said, and nothing of the desk's comes before it. */
export const wantsShow = ({ now, waiting, paused }: SpeechState): boolean =>
  now.kind === 'open' && !paused && (waiting.length === 0 || waiting[0] === 'show');

/** Answers with what to do, in this order. Unknown, late and repeated ids change nothing. */
export function reduceSpeech(state: SpeechState, event: SpeechEvent): { state: SpeechState; effects: SpeechEffect[] } {
  const effects: SpeechEffect[] = [];
  const changed = change(state, event, (effect) => effects.push(effect));
  const [first] = changed.waiting;
  if (changed.now.kind !== 'open' || changed.paused || first === undefined || first === 'show')
    return { state: changed, effects };
  effects.push({ do: 'speak', speech: first.speech, fromSentence: first.from });
  const now: Saying = { kind: 'saying', ...first, sentence: null };
  return { state: { ...changed, now, waiting: changed.waiting.slice(1) }, effects };
}

type Tell = (effect: SpeechEffect) => void;

function change(state: SpeechState, event: SpeechEvent, tell: Tell): SpeechState {
  const { now } = state;
  switch (event.type) {
    case 'start':
      return state;
    case 'asked':
      return asked(state, event.command, tell);
    case 'offered': {
      if (!wantsShow(state)) throw new Error('The show was not to be offered anything now');
      const { item } = event;
      const entry: Entry = {
        speech: { source: 'show', id: item.id, item },
        from: 'fromSentence' in item ? item.fromSentence : 0,
      };
      return { ...state, waiting: [entry, ...state.waiting.filter((each) => each !== 'show')] };
    }
    case 'closing':
      for (const each of state.waiting) dropped(each, state, tell);
      return stop({ ...state, paused: false, waiting: [] }, 'sentence', null, tell);
    case 'sentence-started':
      if (now.kind === 'open' || now.speech.id !== event.id || event.sentence < now.from) return state;
      return { ...state, now: { ...now, from: event.sentence, sentence: event.sentence } };
    case 'sentence-ended':
      if (now.kind === 'open' || now.speech.id !== event.id || event.sentence < now.from) return state;
      return { ...state, now: { ...now, from: event.sentence + 1, sentence: null } };
    case 'ended': {
      if (now.kind === 'open' || now.speech.id !== event.id) return state;
      const isDropped = now.kind === 'cutting' && now.rest === null;
      if (now.speech.source === 'desk' && !isDropped) tell({ do: 'done', id: event.id, said: true });
      const { waiting } = withoutRest(state);
      return { ...state, now: { kind: 'open' }, waiting };
    }
    case 'cut': {
      if (now.kind !== 'cutting' || now.speech.id !== event.id) return state;
      const { rest } = now;
      const next: SpeechState = { ...state, now: { kind: 'open' } };
      if (rest === null) return next;
      const cutOff = event.sentence ?? now.from;
      const from = event.sentence !== null && rest.resume === 'next' ? cutOff + 1 : cutOff;
      return { ...next, waiting: state.waiting.map((each) => (each === rest.entry ? { ...rest.entry, from } : each)) };
    }
  }
}

function asked(state: SpeechState, command: SpeechCommand, tell: Tell): SpeechState {
  switch (command.type) {
    case 'say':
    case 'ask':
      return state.seen.has(command.id) ? state : say(remember(state, command.id), command, tell);
    case 'pause':
      return stop({ ...state, paused: true }, command.at, 'interrupted', tell);
    case 'resume':
      return { ...state, paused: false };
    case 'skip':
      return command.what === 'line' ? skipLine(state, tell) : leaveSegment(state, tell);
    case 'goTo':
      return leaveSegment(state, tell);
  }
}

function say(state: SpeechState, command: DeskCommand, tell: Tell): SpeechState {
  const entry = entryOf(command, 0);
  if (command.intent === 'queue') return { ...state, waiting: [...state.waiting, entry] };
  if (command.intent === 'interrupt') {
    // While it is paused nothing new is said, and so nothing is cut off for it.
    const stopped = state.paused ? state : stop(state, 'now', command.resume, tell);
    return { ...stopped, waiting: [entry, ...stopped.waiting] };
  }
  for (const each of state.waiting) dropped(each, state, tell);
  return { ...stop({ ...state, waiting: [] }, 'now', null, tell), waiting: [entry] };
}

/** `resume` null: what is being said does not go on. */
function stop(
  state: SpeechState,
  at: 'now' | 'sentence',
  resume: 'interrupted' | 'next' | null,
  tell: Tell,
): SpeechState {
  const { now } = state;
  if (now.kind === 'open') return state;
  // Told at once: whoever begins anew after a crash must not say it again.
  const isDropped = resume === null && (now.kind === 'saying' || now.rest !== null);
  if (isDropped && now.speech.source === 'desk') tell({ do: 'done', id: now.speech.id, said: false });
  // Where no sentence is being said there is none to wait for.
  const when = now.sentence === null ? 'now' : at;
  if (now.kind === 'saying') {
    tell({ do: 'stop', id: now.speech.id, at: when });
    const entry: Entry = { speech: now.speech, from: now.from };
    const rest = resume === null ? null : { entry, resume };
    const waiting = rest === null ? state.waiting : [entry, ...state.waiting];
    return { ...state, now: { ...now, kind: 'cutting', at: when, rest }, waiting };
  }
  const { waiting } = resume === null ? withoutRest(state) : state;
  const sooner = when === 'now' && now.at === 'sentence' && (now.rest !== null || resume === null);
  if (sooner) tell({ do: 'stop', id: now.speech.id, at: 'now' });
  const rest =
    now.rest === null || resume === null ? null : { entry: now.rest.entry, resume: sooner ? resume : now.rest.resume };
  return { ...state, now: { ...now, at: sooner ? 'now' : now.at, rest }, waiting };
}

function skipLine(state: SpeechState, tell: Tell): SpeechState {
  if (state.now.kind !== 'open') return stop(state, 'now', null, tell);
  const [first] = state.waiting;
  if (first === undefined || first === 'show') tell({ do: 'skip-silence' });
  else dropped(first, state, tell);
  return first === 'show' ? state : { ...state, waiting: state.waiting.slice(1) };
}

/** The show goes on elsewhere; what the desk says is no part of it. */
function leaveSegment(state: SpeechState, tell: Tell): SpeechState {
  const { now } = state;
  if (now.kind !== 'open' && now.speech.source === 'show') return stop(state, 'now', null, tell);
  if (now.kind === 'open' && !state.waiting.some(isOfShow)) tell({ do: 'skip-silence' });
  return { ...state, waiting: state.waiting.filter((each) => !isOfShow(each)) };
}

const isOfShow = (each: Waiting): boolean => each === 'show' || each.speech.source === 'show';

/** Tells of a desk utterance that will not be said; `stop` tells of the one that is being said. */
function dropped(each: Waiting, { now }: SpeechState, tell: Tell): void {
  if (each === 'show' || each.speech.source === 'show') return;
  if (now.kind === 'cutting' && now.rest?.entry === each) return;
  tell({ do: 'done', id: each.speech.id, said: false });
}

const withoutRest = (state: SpeechState): SpeechState => {
  const { now, waiting } = state;
  const entry = now.kind === 'cutting' ? now.rest?.entry : undefined;
  return { ...state, waiting: waiting.filter((each) => each !== entry) };
};

function remember(state: SpeechState, id: string): SpeechState {
  const ids = [...state.seen, id];
  return { ...state, seen: new Set(ids.slice(-REMEMBERED)) };
}

const entryOf = (command: DeskCommand, from: number): Entry => ({
  ...{ speech: { source: 'desk', id: command.id, command }, from },
});

/**
 * What to persist, after each sentence and each command. `next` is where the show goes on when nothing of it is being said or waits here:
 * `after` of the item that was offered last, or the cursor's place after a skip or goTo.
 */
export function positionOf({ now, waiting, paused }: SpeechState, next: ShowPosition): ShowPosition {
  const voice: Waiting[] = now.kind === 'saying' ? [{ speech: now.speech, from: now.from }] : [];
  const rest = now.kind === 'cutting' && now.rest !== null ? { entry: now.rest.entry, from: now.from } : null;
  const all = [...voice, ...waiting.map((each) => (each === rest?.entry ? { ...rest.entry, from: rest.from } : each))];
  const desk = all.map((each) =>
    each === 'show' || each.speech.source === 'show' ? null : { command: each.speech.command, sentence: each.from },
  );
  while (desk.at(-1) === null) desk.pop();
  const ofShow = all.find(isOfShow);
  const place =
    ofShow === undefined || ofShow === 'show' || ofShow.speech.source === 'desk'
      ? next
      : positionIn(ofShow.speech.item, ofShow.from);
  return { ...place, desk, paused };
}

/** Holds the state of {@link reduceSpeech}. `kept` and `paused`: of the position that the show is restored at. */
export class SpeechQueue {
  #state: SpeechState;

  constructor(kept: ShowPosition['desk'] = [], paused = false) {
    this.#state = beginSpeech(kept, paused);
  }

  get state(): SpeechState {
    return this.#state;
  }
  /** What is being said, from its `speak` until its `ended` or `cut`. */
  get now(): { speech: Speech; sentence: number | null } | null {
    const { now } = this.#state;
    return now.kind === 'open' ? null : now;
  }
  get paused(): boolean {
    return this.#state.paused;
  }
  /** Desk utterances that wait. */
  get queued(): number {
    return this.#state.waiting.filter((each) => !isOfShow(each)).length;
  }
  get wantsShow(): boolean {
    return wantsShow(this.#state);
  }
  /** What is said next if nothing else is asked; null: the show's next item. To be synthesised ahead. */
  get upcoming(): { speech: Speech; fromSentence: number } | null {
    const [first] = this.#state.waiting;
    return first === undefined || first === 'show' ? null : { speech: first.speech, fromSentence: first.from };
  }
  /** See {@link reduceSpeech}. */
  dispatch(event: SpeechEvent): SpeechEffect[] {
    const { state, effects } = reduceSpeech(this.#state, event);
    this.#state = state;
    return effects;
  }
  /** See {@link positionOf}. */
  position(next: ShowPosition): ShowPosition {
    return positionOf(this.#state, next);
  }
}

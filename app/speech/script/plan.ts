/** A script line → the plan of its utterance: grammar, dictionary, normalisation and language, before any voice. */
import type { Pronunciation } from '../../document/script.ts';
import { seeded } from '../../document/seeded.ts';
import { StudioError } from '../../errors/index.ts';
import type { NamedEmotion } from '../emotion.ts';
import { findEmotion } from '../emotion-presets.ts';
import { cleanText } from '../normalise/characters.ts';
import { PronunciationDictionary } from '../normalise/dictionary.ts';
import { isSpeech, normaliseRuns, type RunToken, type TextRun } from '../normalise/normalise.ts';
import {
  type EmotionPart,
  NORMAL_PROSODY,
  type PlanPart,
  type Prosody,
  type SpeechLang,
  type UtterancePlan,
} from '../plan.ts';
import type { ScriptNode } from './ast.ts';
import { MAX_FACTOR, MIN_FACTOR, unknownEmotion } from './cue.ts';
import { parseLineOrThrow } from './parse.ts';
import { shownAfter } from './positions.ts';
import { fillSlots } from './slots.ts';

export { suggestDefaultLang } from '../normalise/normalise.ts';

export interface PlannableLine {
  /** In the script grammar. */
  text: string;
  emotion: string;
  intensity: number;
}
export interface PlanContext {
  dictionary: readonly Pronunciation[];
  /** Who reads what belongs to no language, and which Chinese reads Han. */
  defaultLang: SpeechLang;
  /** The project's own. */
  emotions: readonly NamedEmotion[];
  /** What errors call the line. */
  lineNumber?: number;
  /** Of the project: which alternatives the line's variation slots take. */
  seed?: number;
}

/**
 * The plan begins with an emotion and has no two equal-sounding speech parts in a row. Over all speech parts the tokens
 * are in order and gap-free: their `display` joined is `displayText`, `displayText.slice(from, to) === display`.
 * Throws the line's first `script.*` error, or `script.bad-dictionary-entry`.
 */
export function planLine(line: PlannableLine, context: PlanContext): UtterancePlan {
  const { emotions, lineNumber = 1, seed = 1 } = context;
  const names = emotions.map(({ name }) => name);
  const own = findEmotion(line.emotion, emotions);
  if (own === undefined) {
    const { code, params } = unknownEmotion(line.emotion, names);
    throw new StudioError(code, { ...params, line: lineNumber, column: 1, endColumn: 1 });
  }
  const layout = new Layout(emotions);
  const nodes = fillSlots(
    parseLineOrThrow(line.text, lineNumber, names),
    (slot, { alternatives }) => seeded(seed, line.text, slot) % alternatives.length,
  );
  layout.add(nodes, { prosody: NORMAL_PROSODY, emphasis: false });
  layout.trimEnd();
  const dictionary = new PronunciationDictionary(context.dictionary);
  const tokens = normaliseRuns(layout.display, layout.runs, context.defaultLang, dictionary);

  const parts: PlanPart[] = [moodPart(own, line.intensity)];
  let at = 0;
  for (const [run, { manner }] of layout.runs.entries()) {
    for (const event of layout.eventsBefore(run)) addEvent(parts, event);
    while (at < tokens.length && tokens[at]!.run === run) addToken(parts, tokens[at++]!, manner);
  }
  for (const event of layout.eventsBefore(layout.runs.length)) addEvent(parts, event);
  return { displayText: layout.display, parts };
}

/** False for text of only punctuation, symbols, emoji and white space. */
export const hasSpeech = (plan: UtterancePlan): boolean =>
  plan.parts.some((part) => part.kind === 'speech' && part.tokens.some((token) => isSpeech(token.spoken)));

const moodPart = ({ name, blend }: NamedEmotion, intensity: number): EmotionPart => ({
  ...{ kind: 'emotion', emotion: name, intensity, blend },
});

interface Manner {
  prosody: Prosody;
  emphasis: boolean;
}
type Event = Exclude<PlanPart, { kind: 'speech' }>;

/** The display text with the cues taken out, as runs of one manner and the events between them. */
class Layout {
  display = '';
  readonly runs: (TextRun & { manner: Manner })[] = [];
  /** By the index of the run they come before. */
  private readonly events = new Map<number, Event[]>();
  private readonly emotions: readonly NamedEmotion[];
  private cues = 0;

  constructor(emotions: readonly NamedEmotion[]) {
    this.emotions = emotions;
  }

  add(nodes: readonly ScriptNode[], manner: Manner): void {
    for (const node of nodes) {
      switch (node.kind) {
        case 'text':
          this.addRun(node.text, manner, {});
          break;
        case 'pronunciation':
          this.addRun(node.character, manner, { pinyin: node.pinyin });
          break;
        case 'say':
          this.addRun(node.shown, manner, { spoken: node.spoken });
          break;
        case 'emphasis':
          this.add(node.children, { ...manner, emphasis: true });
          break;
        case 'prosody': {
          const factor = manner.prosody[node.axis] * node.factor;
          const clamped = Math.min(MAX_FACTOR, Math.max(MIN_FACTOR, factor));
          this.add(node.children, { ...manner, prosody: { ...manner.prosody, [node.axis]: clamped } });
          break;
        }
        case 'emotion':
          // The parser lets no other name pass.
          this.addEvent({ ...moodPart(findEmotion(node.emotion, this.emotions)!, node.intensity), cue: this.cues++ });
          break;
        case 'pause':
          this.addEvent({ kind: 'pause', ms: node.ms });
          break;
        case 'marker':
          this.addEvent({ kind: 'marker', name: node.name, argument: cleanText(node.argument) });
          break;
      }
    }
  }

  private addRun(text: string, manner: Manner, override: Pick<TextRun, 'pinyin' | 'spoken'>): void {
    const shown = shownAfter(this.display, text);
    if (shown === '' && (override.spoken ?? '') === '') return;
    const from = this.display.length;
    this.display += shown;
    this.runs.push({ ...override, from, to: this.display.length, manner });
  }

  private addEvent(event: Event): void {
    const at = this.runs.length;
    const events = this.events.get(at);
    if (events === undefined) this.events.set(at, [event]);
    else events.push(event);
  }

  trimEnd(): void {
    const { length } = this.display.trimEnd();
    this.display = this.display.slice(0, length);
    for (let i = this.runs.length - 1; i >= 0 && this.runs[i]!.to > length; i--) {
      const run = this.runs[i]!;
      run.to = length;
      run.from = Math.min(run.from, length);
    }
  }

  eventsBefore(run: number): readonly Event[] {
    return this.events.get(run) ?? [];
  }
}

function addEvent(parts: PlanPart[], event: Event): void {
  if (event.kind === 'emotion') {
    // Nothing was heard or waited for since the last emotion: the new one takes its place.
    for (let i = parts.length - 1; i >= 0; i--) {
      const part = parts[i]!;
      if (part.kind === 'emotion') {
        parts[i] = event;
        return;
      }
      if (part.kind !== 'marker') break;
    }
  }
  parts.push(event);
}

function addToken(parts: PlanPart[], { run: _, lang, ...token }: RunToken, { prosody, emphasis }: Manner): void {
  const last = parts[parts.length - 1];
  if (last?.kind === 'speech' && last.lang === lang && last.emphasis === emphasis && same(last.prosody, prosody)) {
    last.tokens.push(token);
  } else {
    parts.push({ kind: 'speech', lang, tokens: [token], prosody, emphasis });
  }
}

const same = (a: Prosody, b: Prosody): boolean => a.rate === b.rate && a.pitch === b.pitch && a.volume === b.volume;

/** What the benches of a stream put on air, made so that it can be measured from outside. */
import { newProject } from '../app/document/new-project.ts';
import type { Project } from '../app/document/project.ts';
import type { StageSize } from '../app/media/stage-size.ts';

/** One sentence each, begun by the same plosive, so that where a line begins is heard to the millisecond. */
export const SENTENCES = [
  'Take one, this apple is red, sweet and only nine dollars today.',
  'Take two, the mountain pears come fresh from a farm by the big blue lake.',
  'Take three, a bag of plums makes five people happy before supper.',
  'Take four, my mouth moves because the sound moves it, all day and all night.',
  'Take five, buy a box of peaches now and we pack a bonus melon with it.',
  'Take six, the price goes up at midnight, so please do not wait for tomorrow.',
] as const;

export interface LiveBenchShow {
  id: string;
  size?: StageSize;
  preset?: Project['live']['output']['preset'];
  videoKbps?: number;
}

/** Where the flash lies, as shares of the stage: inside it, whatever its size. */
export const FLASH_INSIDE = { x: 0.025, y: 0.16, width: 0.03, height: 0.04 } as const;
/** What is looked at of each picture: the ticker, which moves in every frame, and the flash. */
export const STRIP_HEIGHT = 0.25;
/** Of the ticker alone. */
export const TICKER_HEIGHT = 0.08;
export const FPS = 25;
/** A segment in which nothing is said, for as long as anybody measures. */
export const QUIET = 'quiet';
export const TALK = 'talk';

/**
 * A loop of {@link SENTENCES} with a product card and a ticker. At the first sound of each line a white square appears at once: picture and
 * sound of one moment, to be compared in whatever is received.
 */
export function liveBenchShow({ id, size, preset = 'veryfast', videoKbps = 2500 }: LiveBenchShow): Project {
  const lines = SENTENCES.map((text, i) => ({ id: `line-${i}`, text: `[#show flash]${text}`, pauseAfterMs: 300 }));
  return newProject({
    ...{ id, name: `Bench ${id}`, portrait: { kind: 'sample', id: 'lin' } },
    stage: { size: size ?? { widthPx: 1280, heightPx: 720 }, fps: FPS },
    live: {
      // Stepping down would hide what is to be seen.
      output: { encoder: 'software', preset, videoKbps, ladder: false },
      overlays: [
        {
          ...{ kind: 'ticker', id: 'news', shownAtStart: true, place: { x: 0, y: 0, width: 1 } },
          text: 'Free delivery today · apples 9.90 · pears 12.50 · plums 8.80 · peaches 15.00 · melons 19.90',
        },
        {
          ...{ kind: 'card', id: 'apple', shownAtStart: true, place: { x: 0.7, y: 0.32, width: 0.27 } },
          ...{ title: 'Red apples, 1 kg', price: '9.90', priceBefore: '12.90', note: 'today only' },
        },
        {
          ...{ kind: 'text', id: 'flash', place: { x: 0.01, y: 0.13, width: 0.06 }, text: '█', size: 0.1 },
          ...{ textColour: '#ffffff', ground: '#ffffff', hideAfterMs: 800, transition: { kind: 'none', ms: 0 } },
        },
      ],
      show: {
        segments: [
          { kind: 'script', id: TALK, lines, times: 1000 },
          { kind: 'idle', id: QUIET, durationMs: 3_600_000 },
        ],
      },
    },
  });
}

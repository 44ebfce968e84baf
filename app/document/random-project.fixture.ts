/** Seeded documents that wander through everything the schema allows, for property tests. */
import { EMOTIONS } from '../speech/emotion.ts';
import { EMOTION_CONTROLS } from '../speech/emotion-blend.ts';
import { OUTPUT_FORMATS } from './output.ts';
import { PROJECT_VERSION } from './project.ts';
import { CORNERS, FRAME_RATES } from './stage.ts';

/** mulberry32: small, seeded, good enough to wander. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same seed gives the same document: JSON that fits the project schema, with some of its defaults left out. */
export function randomProject(seed: number): Record<string, unknown> {
  const next = randomNumbers(seed);
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const number = (low: number, high: number) =>
    next() < 0.1 ? low : next() < 0.1 ? high : low + next() * (high - low);
  const one = <T>(items: readonly T[]): T => items[int(0, items.length - 1)] as T;
  const some = <T>(most: number, make: (index: number) => T): T[] =>
    Array.from({ length: int(0, most) }, (_, index) => make(index));
  const maybe = <T>(make: () => T): T | undefined => (next() < 0.5 ? make() : undefined);
  const orNull = <T>(make: () => T): T | null => (next() < 0.5 ? make() : null);

  const character = (): string => {
    const ranges: [number, number][] = [
      [0x20, 0x7e],
      [0x0, 0x1f],
      [0x4e00, 0x9fff],
      [0x20000, 0x2a6df],
      [0x1f300, 0x1faff],
      [0x590, 0x6ff],
      [0x200b, 0x202e],
      [0xd800, 0xdfff],
      [0xe000, 0xf8ff],
      [0xfff0, 0xffff],
    ];
    const [low, high] = one(ranges);
    return String.fromCodePoint(int(low, high));
  };
  const text = (most: number) => some(most, character).join('');
  const name = () => one(['"', '\\', '__proto__', '声', '\ud800', 'é', 'e\u0301']) + text(40);
  const colour = () => `#${int(0, 0xffffff).toString(16).padStart(6, '0')}`;
  const voiceId = () => `${one(['espeak', 'cloud-2'])}:${one(['cmn', 'en-us', '声:音', '\udfff'])}`;
  const asset = () => ({
    sha256: Array.from({ length: 64 }, () => int(0, 15).toString(16)).join(''),
    mediaType: one(['image/png', 'image/jpeg', 'audio/wav']),
    fileName: text(20),
  });
  const points = (length: number) =>
    Array.from({ length }, () => [number(-1e4, 1e4), number(0, 1e4), number(-1e3, 1e3)]);
  const point = () => [number(0, 1e4), number(0, 1e4), next() * 1e-7];
  const eye = () => ({ upper: points(9), lower: points(9), iris: { x: next(), y: next(), radius: number(0.5, 50) } });
  const brow = () => ({ upper: points(5), lower: points(5) });
  const landmarks = () => ({
    lips: { outerUpper: points(11), outerLower: points(11), innerUpper: points(11), innerLower: points(11) },
    eyes: { left: eye(), right: eye() },
    brows: { left: brow(), right: brow() },
    oval: points(36),
    nose: { bridge: point(), tip: point(), base: point() },
    cheeks: { left: point(), right: point() },
  });
  const background = () =>
    one([
      () => ({ kind: 'keep' }),
      () => ({ kind: 'blur', radius: maybe(() => number(1, 100)) }),
      () => ({ kind: 'colour', colour: colour() }),
      () => ({ kind: 'picture', asset: asset() }),
      () => ({ kind: 'transparent' }),
    ])();

  const emotions = maybe(() =>
    some(4, (index) => ({
      id: `e${index}`,
      name: `${one(['我的微笑', 'Wink', 'über-', '𠮷_', 'e\u0301'])}${index}`,
      colour: colour(),
      blend: Object.fromEntries(
        EMOTION_CONTROLS.filter(() => next() < 0.5).map(({ key, min, max }) => [key, number(min, max)]),
      ),
    })),
  );
  const day = (year: number) => `${year}-0${int(1, 9)}-${int(10, 28)}`;
  const consent = () => ({
    person: `人${text(20)}`,
    relation: maybe(() => one(['self', 'other'])),
    scope: `x${text(40)}`,
    grantedOn: day(2025),
    expiresOn: orNull(() => day(2026)),
    evidence: orNull(asset),
    statement: maybe(() => text(90)),
  });

  const project = {
    version: PROJECT_VERSION,
    id: `project-${seed}`,
    name: name(),
    avatar: {
      portrait: one([() => ({ kind: 'sample', id: name() }), () => ({ kind: 'asset', asset: asset() })])(),
      faceIndex: orNull(() => int(0, 9)),
      landmarks: orNull(landmarks),
      framing: maybe(() => ({
        fit: one(['auto', 'cover', 'contain']),
        zoom: number(0.2, 5),
        offsetX: maybe(() => number(-1, 1)),
      })),
      framingByShape: maybe(() => ({ portrait: { fit: 'cover', zoom: number(0.2, 5) } })),
      rig: maybe(() => ({
        mouth: number(0, 2),
        blinksPerMinute: number(0, 40),
        teeth: one(['auto', 'picture', 'drawn']),
      })),
      consent: orNull(consent),
    },
    emotions,
    voice: maybe(() => ({
      voiceId: orNull(voiceId),
      byLanguage: Object.fromEntries(
        some(3, (index) => [one(['zh', 'yue', 'en', 'pt-BR']) + '-x'.repeat(index), voiceId()]),
      ),
      rate: number(0.5, 2),
    })),
    script: maybe(() => ({
      lines: some(12, (index) => ({
        id: `${index}`,
        text: text(200),
        emotion: maybe(() => one([...EMOTIONS, ...(emotions ?? []).map((emotion) => emotion.name)])),
        intensity: maybe(() => number(0, 1)),
        voiceId: orNull(voiceId),
        pauseAfterMs: number(0, 60_000),
      })),
      dictionary: some(5, () => ({
        written: name(),
        say: orNull(() => text(9)),
        pinyin: orNull(() => some(4, () => text(5))),
      })),
      recording: orNull(asset),
    })),
    stage: maybe(() => ({
      size: orNull(() => ({ widthPx: 2 * int(32, 2048), heightPx: 2 * int(32, 2048) })),
      fps: one(FRAME_RATES),
      background: background(),
      subtitles: maybe(() => ({ mode: one(['burn', 'srt', 'vtt', 'none']), karaoke: next() < 0.5, colour: colour() })),
      overlays: some(4, (index) => ({
        id: `o${index}`,
        asset: asset(),
        x: number(-1, 2),
        y: number(-1, 2),
        width: number(0.1, 3),
      })),
      aiMark: maybe(() => ({
        visible: next() < 0.5,
        text: `\u0000人工${character()}`,
        corner: one(CORNERS),
        height: number(0.02, 0.2),
      })),
    })),
    output: maybe(() => ({ format: one(OUTPUT_FORMATS), crf: number(0, 51), audioBitrateKbps: int(48, 320) })),
    seed: int(0, 2 ** 31 - 1),
  };
  return JSON.parse(JSON.stringify(project)) as Record<string, unknown>;
}

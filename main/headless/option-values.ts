/** What people write after an option, read into what the document holds. Every slip is a usage fault with what is allowed. */
import { CORNERS, FRAME_RATES } from '../../app/document/stage.ts';
import { StudioError } from '../../app/errors/index.ts';
import { parseStageSize, STAGE_PRESETS, type StageSize } from '../../app/media/stage-size.ts';
import { foldEmotionName } from '../../app/speech/emotion.ts';
import { emotionNames } from '../../app/speech/emotion-presets.ts';
import { badValue, oneOf } from './faults.ts';

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;

/** @throws UsageFault command.bad-value */
export function numberOption(option: string, value: string, min: number, max: number): number {
  const number = NUMBER.test(value.trim()) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw badValue(option, value, { en: `a number from ${min} to ${max}`, zh: ` ${min} 到 ${max} 之间的数` });
}

/** @throws UsageFault command.bad-value */
export function wholeOption(option: string, value: string, min: number, max: number): number {
  const number = /^\+?\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw badValue(option, value, { en: `a whole number from ${min} to ${max}`, zh: ` ${min} 到 ${max} 之间的整数` });
}

export function frameRateOption(option: string, value: string): (typeof FRAME_RATES)[number] {
  const found = FRAME_RATES.find((rate) => String(rate) === value.trim());
  if (found === undefined) throw badValue(option, value, { ...oneOf(FRAME_RATES.map(String)), words: [] });
  return found;
}

/** `720p`, `9:16`, `1280x720`; `auto` is null: 720p in the portrait's own shape. */
export function sizeOption(option: string, value: string): StageSize | null {
  if (value.trim().toLowerCase() === 'auto') return null;
  try {
    return parseStageSize(value);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    throw badValue(option, value, {
      en: 'a preset (720p, 1080p-portrait, 480p-square), a shape (16:9, 9:16, 1:1), or even pixels from 64x64 to 4096x4096 such as 1280x720',
      zh: '预设（720p、1080p-portrait、480p-square）、画幅（16:9、9:16、1:1），或 64x64 到 4096x4096 的偶数像素（如 1280x720）',
      words: [...Object.keys(STAGE_PRESETS), 'landscape', 'portrait', 'square'],
    });
  }
}

/** `happy`, `happy:0.6`, or one of the project's own. */
export function emotionOption(
  option: string,
  value: string,
  ownEmotions: readonly string[],
): { emotion: string; intensity: number } {
  const [name = '', ...rest] = value.trim().split(/[:\s]+/);
  const words = emotionNames(ownEmotions.map((own) => ({ name: own })));
  const emotion = words.find((word) => foldEmotionName(word) === foldEmotionName(name));
  if (emotion === undefined) throw badValue(option, value, { ...oneOf(words), words });
  const intensity = rest.length === 0 ? 1 : numberOption(option, rest.join(':'), 0, 1);
  return { emotion, intensity };
}

export type BackgroundWish =
  | { kind: 'keep' }
  | { kind: 'transparent' }
  | { kind: 'blur'; radius: number }
  | { kind: 'colour'; colour: string }
  | { kind: 'file'; path: string };

const DEFAULT_BLUR = 24;
const BACKGROUND_WORDS = ['keep', 'blur', 'transparent'];

/** `keep`, `blur`, `blur:40`, `transparent`, `#336699`, or a picture file. */
export function backgroundOption(option: string, value: string): BackgroundWish {
  const word = value.trim().toLowerCase();
  if (word === 'keep' || word === 'transparent') return { kind: word };
  const blur = /^blur(?::(.*))?$/.exec(word);
  if (blur)
    return { kind: 'blur', radius: blur[1] === undefined ? DEFAULT_BLUR : numberOption(option, blur[1], 1, 100) };
  if (/^#[0-9a-f]{6}$/.test(word)) return { kind: 'colour', colour: word };
  if (/^#[0-9a-f]{3}$/.test(word)) return { kind: 'colour', colour: word.replace(/[0-9a-f]/g, '$&$&') };
  if (word === '' || /^#[^/\\.]*$/.test(word) || /^[a-z]{1,20}$/.test(word)) {
    throw badValue(option, value, {
      en: 'keep, blur, blur:40, transparent, a colour such as #1f6feb, or a picture file (./name, where its name has no ending)',
      zh: ' keep、blur、blur:40、transparent、颜色（如 #1f6feb）或图片文件（没有扩展名的请写 ./文件名）',
      words: BACKGROUND_WORDS,
    });
  }
  return { kind: 'file', path: value };
}

export interface AiMarkWish {
  visible: boolean;
  text?: string;
  corner?: (typeof CORNERS)[number];
}

const MARK_LENGTH = 40;

/** `on`, `off`, a text, each with `@corner`. */
export function aiMarkOption(option: string, value: string): AiMarkWish {
  const at = value.lastIndexOf('@');
  const text = (at < 0 ? value : value.slice(0, at)).trim();
  const corner =
    at < 0
      ? undefined
      : CORNERS.find(
          (name) =>
            name ===
            value
              .slice(at + 1)
              .trim()
              .toLowerCase(),
        );
  if (at >= 0 && corner === undefined) {
    throw badValue(option, value.slice(at + 1), {
      ...oneOf(CORNERS),
      en: `one of these corners: ${CORNERS.join(', ')}`,
    });
  }
  const where = corner === undefined ? {} : { corner };
  if (text.toLowerCase() === 'off') return { visible: false };
  if (text.toLowerCase() === 'on' || (text === '' && at >= 0)) return { visible: true, ...where };
  if (text === '' || text.length > MARK_LENGTH) {
    throw badValue(option, value, {
      en: `on, off, or a text of 1 to ${MARK_LENGTH} characters, with @top-left and the like for its corner`,
      zh: ` on、off，或 1 到 ${MARK_LENGTH} 个字的文字；位置写作 @top-left 等`,
    });
  }
  return { visible: true, text, ...where };
}

export interface FramingWish {
  fit?: 'auto' | 'cover' | 'contain';
  zoom?: number;
  offsetX?: number;
  offsetY?: number;
}

const FITS = ['auto', 'cover', 'contain'] as const;

/** `cover`, `auto,zoom=1.3,x=-0.1,y=0.05`: parted by commas, each once. */
export function framingOption(option: string, value: string): FramingWish {
  const wish: FramingWish = {};
  for (const part of value.split(',').map((each) => each.trim().toLowerCase())) {
    const [name, amount] = part.split('=');
    const fit = FITS.find((each) => each === part);
    if (fit) wish.fit = fit;
    else if (name === 'zoom' && amount !== undefined) wish.zoom = numberOption(`${option} zoom`, amount, 0.2, 5);
    else if (name === 'x' && amount !== undefined) wish.offsetX = numberOption(`${option} x`, amount, -1, 1);
    else if (name === 'y' && amount !== undefined) wish.offsetY = numberOption(`${option} y`, amount, -1, 1);
    else {
      throw badValue(option, part, {
        en: 'auto, cover or contain, and zoom=1.2, x=0.1, y=-0.1, parted by commas',
        zh: ' auto、cover 或 contain，以及 zoom=1.2、x=0.1、y=-0.1，用逗号分隔',
        words: [...FITS, 'zoom', 'x', 'y'],
      });
    }
  }
  return wish;
}

/** `90s`, `10m`, `2h`, `1h30m`, `45` (seconds): ms. */
export function durationOption(option: string, value: string): number {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/i.exec(value.trim());
  const [hours, minutes, seconds] = (parts?.slice(1) ?? []).map((part) => Number(part ?? 0));
  const ms = parts === null ? 0 : ((hours! * 60 + minutes!) * 60 + seconds!) * 1000;
  if (ms > 0 && ms <= LONGEST_MS) return ms;
  throw badValue(option, value, { en: 'a time such as 90s, 10m, 2h or 1h30m', zh: '时长，如 90s、10m、2h 或 1h30m' });
}
const LONGEST_MS = 366 * 24 * 60 * 60 * 1000;

/** The emotion of a line as CosyVoice is told of it. https://help.aliyun.com/zh/model-studio/cosyvoice-voice-list */
import type { Emotion } from '../../../../app/speech/emotion.ts';
import type { SpokenEmotion } from '../../../engine/ports/tts.ts';

/** The values the fixed sentence takes: neutral, fearful, angry, sad, surprised, happy, disgusted. */
const VALUES: Readonly<Record<Emotion, string | null>> = {
  neutral: null,
  happy: 'happy',
  gentle: null,
  serious: null,
  sad: 'sad',
  surprised: 'surprised',
  angry: 'angry',
  excited: 'happy',
};
/** A trace of a mood is on the face, not in the voice. */
const HEARD_FROM = 0.3;

/** null: as the voice speaks by itself. A project's own emotions say nothing to a vendor. */
export function instructionFor(emotion: SpokenEmotion | undefined): string | null {
  if (!emotion || emotion.intensity < HEARD_FROM) return null;
  const value = (VALUES as Readonly<Record<string, string | null>>)[emotion.name] ?? null;
  return value === null ? null : `你说话的情感是${value}。`;
}

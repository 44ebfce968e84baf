/** The emotions a line, a face and a voice can take. */
export const EMOTIONS = ['neutral', 'happy', 'gentle', 'serious', 'sad', 'surprised', 'angry', 'excited'] as const;
export type Emotion = (typeof EMOTIONS)[number];
export const isEmotion = (value: string): value is Emotion => (EMOTIONS as readonly string[]).includes(value);

/** From `atMs` on (utterance time) the face shows `emotion` at `intensity` 0..1, cross-faded from what was before. */
export interface EmotionKey {
  atMs: number;
  emotion: Emotion;
  intensity: number;
}

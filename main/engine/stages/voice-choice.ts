/** Which voice says a part: the line's, the project's for that language, the project's, or the embedded one that fits. */
import { StudioError } from '../../../app/errors/index.ts';
import type { SpeechLang } from '../../../app/speech/plan.ts';
import type { Voice } from '../ports/tts.ts';
import type { VoiceWish } from '../ports/voice-source.ts';

/** Tags a voice may carry for a language of the plan, the best first. */
const TAGS: Record<SpeechLang, readonly string[]> = {
  zh: ['cmn', 'zh-cmn', 'zh', 'zh-cn', 'zh-hans'],
  yue: ['yue', 'zh-yue', 'zh-hk'],
  en: ['en-us', 'en-gb', 'en'],
};

const matches = (tag: string, wanted: string): boolean => {
  const lower = tag.toLowerCase();
  return lower === wanted || lower.startsWith(`${wanted}-`);
};

export const speaks = (voice: Voice, lang: SpeechLang): boolean =>
  voice.languages.some((tag) => TAGS[lang].some((wanted) => matches(tag, wanted)));

/** `espeak:cmn+f3` → `+f3`: the same variant of another language sounds like the same person. */
const variantOf = (voiceId: string): string => /\+[^+:]*$/.exec(voiceId)?.[0] ?? '';

/**
 * `automatic` chooses where no wish fits; null from it, and without it, the embedded voice does.
 * @throws StudioError speech.unknown-voice for a wish no provider knows, or when nobody speaks `lang`.
 */
export function chooseVoice(
  lang: SpeechLang,
  { voice, lineVoiceId }: VoiceWish,
  voices: readonly Voice[],
  automatic: (like: Voice | null) => Voice | null = () => null,
): Voice {
  const find = (id: string | null | undefined): Voice | null => {
    if (!id) return null;
    const found = voices.find((one) => one.id === id);
    if (!found) throw new StudioError('speech.unknown-voice', { voice: id });
    return found;
  };
  const line = find(lineVoiceId);
  const forLanguage = find(voice.byLanguage[lang]);
  const project = find(voice.voiceId);
  if (line && speaks(line, lang)) return line;
  if (forLanguage) return forLanguage;
  if (project && speaks(project, lang)) return project;
  const like = line ?? project ?? find(Object.values(voice.byLanguage)[0]);
  const chosen = automatic(like) ?? embeddedVoice(lang, like, voices);
  if (!chosen) throw new StudioError('speech.unknown-voice', { voice: lang });
  return chosen;
}

/** Of one provider's voices, the one that says `lang` most like `like` would; null where none does. */
export function fittingVoice(lang: SpeechLang, like: Voice | null, voices: readonly Voice[]): Voice | null {
  if (like && voices.some(({ id }) => id === like.id) && speaks(like, lang)) return like;
  const embedded = embeddedVoice(lang, like, voices);
  if (embedded) return embedded;
  const able = voices.filter((voice) => speaks(voice, lang));
  const gender = like && like.gender !== 'neutral' ? like.gender : null;
  return able.find((voice) => voice.gender === gender) ?? able[0] ?? null;
}

/** The first local voice whose mother tongue is `lang`, of `like`'s variant where there is one, else of its gender. */
function embeddedVoice(lang: SpeechLang, like: Voice | null, voices: readonly Voice[]): Voice | null {
  const gender = like && like.gender !== 'neutral' ? like.gender : 'male';
  const variant = like ? variantOf(like.id) : '';
  for (const wanted of TAGS[lang]) {
    const native = voices.filter((voice) => voice.runs === 'local' && voice.languages[0]?.toLowerCase() === wanted);
    const chosen =
      (variant !== '' ? native.find((voice) => variantOf(voice.id) === variant) : undefined) ??
      native.find((voice) => voice.gender === gender) ??
      native[0];
    if (chosen) return chosen;
  }
  return null;
}

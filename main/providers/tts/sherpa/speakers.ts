/** The speakers of a model as voices: `local-voice:<model>-<speaker>`, counted from 0. */
import type { ModelEntry } from '../../../../app/models/manifest.ts';
import type { Voice } from '../../../engine/ports/tts.ts';

/** As Kokoro names its speakers: language and gender, then a name. https://huggingface.co/hexgrad/Kokoro-82M/blob/main/VOICES.md */
const KOKORO = /^([abz])([fm])_/;
const KOKORO_LANGUAGES: Readonly<Record<string, string>> = { a: 'en-us', b: 'en-gb', z: 'cmn' };

/** Names of speakers, in order, may stand in the entry's setting `speakers`, set apart by commas. */
export function speakerVoices(provider: string, { id, name, languages, settings }: ModelEntry, count: number): Voice[] {
  const names = typeof settings.speakers === 'string' ? settings.speakers.split(',').map((each) => each.trim()) : [];
  return Array.from({ length: count }, (_, speaker): Voice => {
    const own = names[speaker] ?? '';
    const [, language = '', gender = ''] = KOKORO.exec(own) ?? [];
    const spoken = KOKORO_LANGUAGES[language];
    return {
      id: `${provider}:${id}-${speaker}`,
      name: [name.en, name.zh, own || (count > 1 ? String(speaker + 1) : '')].filter((each) => each !== '').join(' '),
      languages: spoken ? [spoken] : languages.map((each) => (each === 'zh' ? 'cmn' : each)),
      gender: gender === 'f' ? 'female' : gender === 'm' ? 'male' : 'neutral',
      runs: 'local',
    };
  });
}

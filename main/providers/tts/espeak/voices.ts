/**
 * The engine's voices under the studio's names: `espeak:cmn`, or with one of its voice variants `espeak:cmn+f3`.
 * A language's own voice is a man's; variants f… are women, m… other men.
 */
import { StudioError } from '../../../../app/errors/index.ts';
import type { Voice } from '../../../engine/ports/tts.ts';
import type { EngineVoice } from './protocol.ts';

export const PROVIDER_ID = 'espeak';
/** The clearest woman's voice stands first: it is the one taken where only a gender is asked for. */
const VARIANTS = ['f3', 'f1', 'f2', 'f4', 'f5', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8'] as const;
/** Languages whose every variant is listed; the others are listed with one woman and one man, and take the rest too. */
const SHOWN_IN_FULL = ['cmn', 'yue', 'en-us', 'en-gb'];

const baseOf = (voice: EngineVoice): string => voice.identifier.split('/').at(-1)!.toLowerCase();
const tagOf = (base: string): string => (base === 'en' ? 'en-gb' : base);

export interface KnownVoices {
  listed: Voice[];
  /** Engine name by the studio's name without a variant. */
  engineNames: Map<string, string>;
}

export function knownVoices(voices: readonly EngineVoice[]): KnownVoices {
  const listed: Voice[] = [];
  const engineNames = new Map<string, string>();
  for (const voice of voices) {
    const base = baseOf(voice);
    const tag = tagOf(base);
    if (engineNames.has(tag)) continue;
    engineNames.set(tag, base);
    const languages = [...new Set([tag, ...voice.languages])];
    const add = (suffix: string, gender: Voice['gender'], label: string): void => {
      listed.push({
        id: `${PROVIDER_ID}:${tag}${suffix}`,
        name: `${nameOf(tag, voice.name)}${label}`,
        languages,
        gender,
        runs: 'local',
      });
    };
    add('', 'male', '');
    for (const variant of SHOWN_IN_FULL.includes(tag) ? VARIANTS : (['f3'] as const))
      add(
        `+${variant}`,
        variant.startsWith('f') ? 'female' : 'male',
        `, ${variant.startsWith('f') ? 'woman' : 'man'} ${variant[1]}`,
      );
  }
  return { listed, engineNames };
}

const nameOf = (tag: string, name: string): string => {
  if (tag === 'cmn') return 'Chinese (Mandarin)';
  if (tag === 'yue') return 'Chinese (Cantonese)';
  return name;
};

export interface ResolvedVoice {
  /** What the engine calls it. */
  engineVoice: string;
  /** The language's own voice, without the variant. */
  base: string;
}

/** @throws StudioError speech.unknown-voice */
export function resolveVoice(voiceId: string, known: KnownVoices): ResolvedVoice {
  const [provider, name = ''] = voiceId.split(/:(.*)/s);
  const [tag = '', variant] = name.toLowerCase().split('+');
  const base = known.engineNames.get(tag);
  const isVariant = variant === undefined || (VARIANTS as readonly string[]).includes(variant);
  if (provider !== PROVIDER_ID || base === undefined || !isVariant)
    throw new StudioError('speech.unknown-voice', { voice: voiceId });
  return { engineVoice: variant === undefined ? base : `${base}+${variant}`, base };
}

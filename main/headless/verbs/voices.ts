import { languageNames } from '../../../app/i18n/language-names.ts';
import { createStudio, type Studio } from '../../compose.ts';
import type { Voice } from '../../engine/ports/tts.ts';
import type { Verb, VerbContext, VerbResult } from '../cli.ts';
import { badValue, oneOf, usage } from '../faults.ts';

/** What people call Mandarin, against what the voices are tagged with. */
const ALIASES: Readonly<Record<string, string>> = {
  zh: 'cmn',
  'zh-cn': 'cmn',
  'zh-hans': 'cmn',
  'zh-hk': 'yue',
  'zh-yue': 'yue',
};

const speaks = (voice: Voice, wanted: string): boolean =>
  voice.languages.some((tag) => tag.toLowerCase() === wanted || tag.toLowerCase().startsWith(`${wanted}-`));

const WHAT = ['list', 'cloned', 'clone', 'rm'] as const;

/** `voices [list | cloned | clone | rm <voice>]` */
export const voicesVerb: Verb = async (context) => {
  const [what = 'list', ...rest] = context.args;
  if (!(WHAT as readonly string[]).includes(what)) throw badValue('voices', what, oneOf(WHAT));
  const most = what === 'rm' ? 1 : 0;
  if (rest.length > most) throw usage('command.extra-argument', { argument: rest[most]! });
  await using studio = createStudio(context.studio);
  if (what === 'list') return await list(context, studio);
  const { cloneVoice, listCloned, removeCloned } = await import('./cloned-voices.ts');
  if (what === 'clone') return await cloneVoice(context, studio);
  return what === 'cloned' ? await listCloned(context, studio) : await removeCloned(context, studio, rest[0]);
};

async function list({ options, console, signal }: VerbContext, studio: Studio): Promise<VerbResult> {
  const all = (await Promise.all(studio.voices.map((provider) => provider.voices(signal)))).flat();
  const asked = typeof options.lang === 'string' ? options.lang : undefined;
  const wanted = asked?.trim().toLowerCase().replaceAll('_', '-');
  const voices = wanted === undefined ? all : all.filter((voice) => speaks(voice, ALIASES[wanted] ?? wanted));
  if (asked !== undefined && voices.length === 0) {
    const tags = [...new Set(all.map((voice) => voice.languages[0] ?? ''))].sort();
    throw badValue('--lang', asked, {
      en: 'a language that a voice speaks, such as zh, yue, en, ja (`voices` alone lists all)',
      zh: '有声音会说的语言，如 zh、yue、en、ja（不带 --lang 可列出全部）',
      words: [...tags, ...Object.keys(ALIASES)],
    });
  }
  const genders = {
    female: console.words({ en: 'woman', zh: '女' }),
    male: console.words({ en: 'man', zh: '男' }),
    neutral: console.words({ en: 'neutral', zh: '中性' }),
  };
  const idWidth = Math.max(...voices.map(({ id }) => id.length));
  const nameOf = languageNames(console.locale);
  for (const voice of voices) {
    // Languages and accents are named in English by the voices themselves.
    const spoken = nameOf(voice.languages[0] ?? '');
    const name = console.locale === 'en' || !voice.id.startsWith('espeak:') || spoken === null ? voice.name : spoken;
    const gender = genders[voice.gender].padEnd(8);
    console.print(`${voice.id.padEnd(idWidth)}  ${gender}${voice.languages.join(', ').padEnd(16)}  ${name}`);
  }
  console.note(
    console.words({
      en: `${voices.length} voices. Use one with --voice, such as --voice ${voices[0]!.id}`,
      zh: `共 ${voices.length} 个声音。用 --voice 指定，例如 --voice ${voices[0]!.id}`,
    }),
  );
  return { json: { voices } };
}

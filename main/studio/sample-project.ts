/** The project that a first start opens: a sample avatar with a few lines to play, in the person's language. */

import type { NewProject } from '../../app/document/new-project.ts';
import type { Locale } from '../../app/errors/index.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { Voice } from '../engine/ports/tts.ts';
import { listSampleAvatars } from '../portrait/samples.ts';

interface SampleLine {
  text: string;
  emotion: string;
  intensity?: number;
}

const LINES: Record<Locale, (name: string) => SampleLine[]> = {
  'zh-CN': (name) => [
    { text: `大家好，我是${name}，欢迎来到声画！`, emotion: 'happy' },
    { text: '刚才我还只是一张图片，[250ms]写上几句话，我就*开口*说话了！', emotion: 'excited', intensity: 0.8 },
    { text: '好了，现在轮到你了：换上你的照片，写下你想说的话。', emotion: 'gentle' },
  ],
  en: (name) => [
    { text: `Hello! I am ${name}. Welcome to Shenghua Studio.`, emotion: 'happy' },
    {
      text: 'A moment ago I was only a picture. [250ms] A few words, and now I *speak*!',
      emotion: 'excited',
      intensity: 0.8,
    },
    { text: 'Now it is your turn: choose your own picture, and write what you want to say.', emotion: 'gentle' },
  ],
};

/** Everything but id and name. @throws StudioError `portrait.unknown-sample` */
export async function sampleProject(
  { locale, sampleId }: { locale: Locale; sampleId?: string | undefined },
  listVoices: () => Promise<readonly Voice[]>,
): Promise<NewProject> {
  const avatars = await listSampleAvatars();
  const avatar = sampleId === undefined ? avatars[0] : avatars.find(({ id }) => id === sampleId);
  if (avatar === undefined)
    throw new StudioError('portrait.unknown-sample', {
      id: sampleId ?? '',
      known: avatars.map(({ id }) => id).join(', '),
    });
  const { gender, rate, pitch } = avatar.voice;
  const voices = (await listVoices()).filter((each) => each.gender === gender);
  // The accents most people know, before any other of the language.
  const voice = (locale === 'zh-CN' ? ['cmn'] : ['en-us', 'en-gb', 'en'])
    .map((language) => voices.find((each) => each.languages[0]?.toLowerCase().startsWith(language)))
    .find((each) => each !== undefined);
  return {
    id: avatar.id,
    name: avatar.name[locale],
    portrait: { kind: 'sample', id: avatar.id },
    stage: { size: { widthPx: 1280, heightPx: 720 } },
    voice: { rate, pitch, ...(voice && { voiceId: voice.id }) },
    script: { lines: LINES[locale](avatar.name[locale]).map((line, index) => ({ id: `line-${index + 1}`, ...line })) },
  };
}

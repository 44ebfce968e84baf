/** The least that shows whether a provider works. */
import { StudioError } from '../../app/errors/index.ts';
import { NORMAL_PROSODY, type SpeechPart } from '../../app/speech/plan.ts';
import type { Member } from '../engine/policy/stage-policy.ts';
import { ASR_SAMPLE_RATE, type AsrProvider } from '../engine/ports/asr.ts';
import type { LlmProvider } from '../engine/ports/llm.ts';
import type { TtsProvider } from '../engine/ports/tts.ts';
import type { Cast } from './provider-cast.ts';

export interface Trial {
  stage: 'llm' | 'tts' | 'asr';
  member: Member<unknown>;
  ask(signal: AbortSignal): AsyncIterable<unknown>;
}

/** @throws StudioError cloud.bad-request: nobody has this id */
export function trialOf({ llm, tts, asr }: Cast, id: string): Trial {
  const found: Trial[] = [
    ...llm.map((member) => ({ stage: 'llm' as const, member, ask: askWriter(member.provider) })),
    ...tts.map((member) => ({ stage: 'tts' as const, member, ask: askVoice(member.provider) })),
    ...asr.map((member) => ({ stage: 'asr' as const, member, ask: askEar(member.provider) })),
  ];
  const one = found.find(({ member }) => member.id === id);
  if (!one) throw new StudioError('cloud.bad-request', { provider: id, detail: 'no such provider' });
  return one;
}

const askWriter = (provider: LlmProvider) => (signal: AbortSignal) =>
  provider.chat({ model: null, messages: [{ role: 'user', content: 'Say OK.' }], maxTokens: 8 }, signal);

const HELLO: SpeechPart = {
  ...{ kind: 'speech', lang: 'zh', prosody: NORMAL_PROSODY, emphasis: false },
  tokens: [{ display: '你好。', spoken: '你好。', from: 0, to: 3 }],
};
const askVoice = (provider: TtsProvider) =>
  async function* (signal: AbortSignal): AsyncGenerator<unknown> {
    const voices = await provider.voices(signal);
    const voice = voices.find(({ languages }) => languages.some((each) => /^(zh|cmn)/i.test(each))) ?? voices[0];
    if (!voice) throw new StudioError('cloud.bad-answer', { provider: provider.id, detail: 'no voices' });
    yield* provider.synthesise({ voiceId: voice.id, part: HELLO }, signal);
  };

/** Half a second of silence is enough for the vendor to look at the key. */
const askEar = (provider: AsrProvider) =>
  async function* (signal: AbortSignal): AsyncGenerator<unknown> {
    const silence = (async function* () {
      for (let i = 0; i < 5; i++) yield new Int16Array(ASR_SAMPLE_RATE / 10);
    })();
    yield* provider.recognise(silence, { languages: ['zh'], hotWords: [] }, signal);
  };

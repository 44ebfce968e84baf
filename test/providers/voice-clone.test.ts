import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Consent } from '../../app/document/consent.ts';
import { StudioError } from '../../app/errors/index.ts';
import { bailianSettingsSchema } from '../../app/providers/settings.ts';
import type { EnrolRequest, VoiceCloneProvider } from '../../main/engine/ports/voice-clone.ts';
import { createCosyVoiceCloning } from '../../main/providers/voice-clone/cosyvoice/index.ts';
import { createQwenCloning } from '../../main/providers/voice-clone/qwen/index.ts';
import { untilReady } from '../../main/providers/voice-clone/until-ready.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';
import { PcmVoice } from '../servers/bailian/voice.ts';

const RATE = 24_000;
const TEXT =
  '我是林，我同意在课程视频里使用我的声音，直到今年的最后一天。今天天气很好，我们一起去公园散步，看看花，听听鸟叫，然后回家吃饭。';
const CONSENT: Consent = {
  ...{ person: '林', scope: '课程视频', grantedOn: '2026-01-31', expiresOn: '2026-12-31', statement: '' },
  evidence: { sha256: 'a'.repeat(64), mediaType: 'audio/wav', fileName: 'consent.wav' },
};
const now = (): Date => new Date(2026, 5, 1);
const PACE = { firstMs: 20, factor: 1.5, longestMs: 100, giveUpMs: 20_000 };

function wav(pcm: Int16Array, rate: number): Uint8Array {
  const bytes = Buffer.alloc(44 + pcm.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + pcm.length * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(pcm.length * 2, 40);
  for (const [i, sample] of pcm.entries()) bytes.writeInt16LE(sample, 44 + 2 * i);
  return bytes;
}

describe('a cloned voice', () => {
  let server: FakeBailian;
  let sample: Int16Array;
  const signal = new AbortController().signal;
  before(async () => {
    server = await startBailian();
    const voice = new PcmVoice();
    sample = (await voice.speak({ text: TEXT, voice: 'espeak+f3', sampleRate: RATE, rate: 0.9 }, signal)).pcm;
    await voice.dispose();
  });
  after(() => server[Symbol.asyncDispose]());

  const access = () => ({
    settings: bailianSettingsSchema.parse({
      httpBaseUrl: server.httpBaseUrl,
      webSocketBaseUrl: server.webSocketBaseUrl,
    }),
    key: async () => server.key,
  });
  const kinds: Record<string, { open(): VoiceCloneProvider; model: string }> = {
    CosyVoice: { open: () => createCosyVoiceCloning({ access: access(), now }), model: 'cosyvoice-v3-flash' },
    Qwen: { open: () => createQwenCloning({ access: access(), now }), model: 'qwen3-tts-vc-2026-01-22' },
  };
  const coded = (code: string) => (failure: unknown) => failure instanceof StudioError && failure.code === code;

  for (const [name, { open, model }] of Object.entries(kinds)) {
    const request = (more: Partial<EnrolRequest> = {}): EnrolRequest => ({
      ...{ model, prefix: 'Lin', language: 'zh', consent: CONSENT },
      audio: { bytes: wav(sample, RATE), name: '林 的声音.wav' },
      ...more,
    });

    test(`${name}: is made, becomes ready, is listed and deleted`, async () => {
      const provider = open();
      const made = await provider.enrol(request(), signal);
      assert.equal(made.model, model);
      const states: string[] = [];
      const ready = await untilReady(provider, made.id, signal, {
        pace: PACE,
        onAsked: ({ state }) => states.push(state),
      });
      assert.equal(ready.state, 'ready');
      assert.equal(ready.model, model);
      if (name === 'CosyVoice') assert.equal(states[0], 'preparing');
      assert.deepEqual(
        (await provider.list(signal)).map(({ id }) => id),
        [made.id],
      );
      await provider.delete(made.id, signal);
      assert.deepEqual(await provider.list(signal), []);
      await assert.rejects(provider.query(made.id, signal));
    });

    test(`${name}: without a whole consent of today nothing is asked of anybody`, async () => {
      const before = server.requests.length;
      const cases: readonly (readonly [unknown, string])[] = [
        [null, 'cloud.consent-missing'],
        [{ ...CONSENT, evidence: null }, 'cloud.consent-missing'],
        [{ ...CONSENT, evidence: { ...CONSENT.evidence, mediaType: 'image/png' } }, 'cloud.consent-missing'],
        [{ ...CONSENT, expiresOn: null }, 'cloud.consent-missing'],
        [{ ...CONSENT, person: '' }, 'cloud.consent-missing'],
        [{ ...CONSENT, expiresOn: '2026-05-31' }, 'cloud.consent-expired'],
        [{ ...CONSENT, grantedOn: '2026-06-02' }, 'cloud.consent-not-yet'],
      ];
      for (const [consent, code] of cases)
        await assert.rejects(open().enrol(request({ consent: consent as Consent }), signal), coded(code));
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(server.requests.length, before);
    });

    test(`${name}: sound that no voice can be made of is refused, here or by the vendor`, async () => {
      const before = server.requests.length;
      for (const bytes of [wav(sample.subarray(0, RATE), RATE), wav(sample, 8000), new Uint8Array(2000)])
        await assert.rejects(
          open().enrol(request({ audio: { bytes, name: 'x.wav' } }), signal),
          coded('cloud.audio-rejected'),
        );
      assert.equal(server.requests.length, before, 'what is seen here is not sent');
      const silent = wav(new Int16Array(RATE * 12), RATE);
      await assert.rejects(
        open().enrol(request({ audio: { bytes: silent, name: 'x.wav' } }), signal),
        (failure) =>
          failure instanceof StudioError &&
          failure.code === 'cloud.audio-rejected' &&
          failure.params.code === 'Audio.AudioSilentError',
      );
    });
  }

  test('a question that fails for a moment is asked again; a wrong key ends the waiting', async () => {
    const provider = kinds.CosyVoice!.open();
    const request: EnrolRequest = {
      ...{ model: 'cosyvoice-v3-flash', prefix: 'lin', language: null, consent: CONSENT },
      audio: { bytes: wav(sample, RATE), name: 'x.wav' },
    };
    const { id } = await provider.enrol(request, signal);
    server.faults.next('customization', { kind: 'error', status: 500, code: 'InternalError', message: 'again' }, 2);
    assert.equal((await untilReady(provider, id, signal, { pace: PACE })).state, 'ready');
    server.faults.next('customization', { kind: 'unauthorised' });
    await assert.rejects(untilReady(provider, id, signal, { pace: PACE }), coded('cloud.key-wrong'));
  });
});

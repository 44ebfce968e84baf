import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { describeError, StudioError } from '../../../../app/errors/index.ts';
import { NORMAL_PROSODY, type SpeechLang, type SpeechPart, type SpeechToken } from '../../../../app/speech/plan.ts';
import type { Phone, Word } from '../../../../app/speech/timeline.ts';
import { SAMPLE_RATE } from '../../../engine/ports/tts.ts';
import { createSpeechEngine } from './engine.ts';
import { createEspeakProvider } from './index.ts';
import type { ClauseJob } from './protocol.ts';

const provider = createEspeakProvider();
after(() => provider.dispose());

type Written = string | [display: string, spoken: string];
const partOf = (
  lang: SpeechLang,
  written: Written[],
  more: Partial<SpeechPart> = {},
  pinyin?: string[],
): SpeechPart => {
  let at = 0;
  const tokens = written.map((one): SpeechToken => {
    const [display, spoken] = typeof one === 'string' ? [one, one] : one;
    const from = at;
    at += display.length;
    return { display, spoken, from, to: at, ...(pinyin ? { pinyin } : {}) };
  });
  return { kind: 'speech', lang, tokens, prosody: NORMAL_PROSODY, emphasis: false, ...more };
};

interface Said {
  pcm: Float32Array;
  phones: Phone[];
  words: Word[];
  /** Phones that sound. */
  sounds: string[];
  durationMs: number;
}

async function say(voiceId: string, part: SpeechPart): Promise<Said> {
  const pieces: Float32Array[] = [];
  const phones: Phone[] = [];
  const words: Word[] = [];
  for await (const event of provider.synthesise({ voiceId, part }, new AbortController().signal)) {
    if (event.type === 'audio') pieces.push(event.pcm.slice());
    else if (event.type === 'phones') phones.push(...event.phones);
    else words.push(...event.words);
  }
  const pcm = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    pcm.set(piece, at);
    at += piece.length;
  }
  const sounds = phones.flatMap(({ phone }) => (phone === '' ? [] : [phone]));
  return { pcm, phones, words, sounds, durationMs: (pcm.length * 1000) / SAMPLE_RATE };
}
const zh = (...written: Written[]): Promise<Said> => say('espeak:cmn', partOf('zh', written));
const en = (...written: Written[]): Promise<Said> => say('espeak:en-us', partOf('en', written));
const forced = (text: string, pinyin: string[]): Promise<Said> => say('espeak:cmn', partOf('zh', [text], {}, pinyin));

const rms = (pcm: Float32Array, fromMs = 0, toMs = (pcm.length * 1000) / SAMPLE_RATE): number => {
  const piece = pcm.subarray(Math.round(fromMs * 48), Math.round(toMs * 48));
  return Math.sqrt(piece.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, piece.length));
};
const hash = ({ pcm }: Said): string => createHash('sha256').update(new Uint8Array(pcm.buffer)).digest('hex');

test('a Chinese sentence: sound without clipping or long silence at its ends, phones that cover it, a word a character', async () => {
  const said = await zh('妈妈爱爸爸，明天见。');
  let previous = 0;
  for (const { startMs, endMs } of said.phones) {
    assert.ok(Math.abs(startMs - previous) < 1e-6 && endMs > startMs);
    previous = endMs;
  }
  assert.ok(Math.abs(previous - said.durationMs) < 1e-6);
  assert.ok(said.durationMs > 1500 && said.durationMs < 3200, `${said.durationMs} ms`);
  const peak = said.pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  assert.ok(peak > 0.1 && peak < 0.95, `peak ${peak}`);
  assert.ok(rms(said.pcm, 0, 60) > 0.005, 'the lead-in lasts at most 60 ms');
  assert.ok(rms(said.pcm, said.durationMs - 120) > 0.005);
  assert.deepEqual(said.sounds.slice(0, 9), ['m', 'ɑ', 'm', 'ɑ', 'a', 'i', 'p', 'ɑ', 'p']);
  assert.deepEqual(
    said.words.map(({ text, from, to }) => [text, from, to]),
    [
      ['妈', 0, 1],
      ['妈', 1, 2],
      ['爱', 2, 3],
      ['爸', 3, 4],
      ['爸', 4, 5],
      ['明', 6, 7],
      ['天', 7, 8],
      ['见', 8, 9],
    ],
  );
  const rest = said.phones.find(({ phone }) => phone === '')!;
  assert.ok(rest.endMs - rest.startMs >= 150 && rms(said.pcm, rest.startMs, rest.endMs) < 1e-4, 'a rest at the comma');
});

test('lips are shut when they should be: the sound of a p is quiet before it bursts, vowels are loud', async () => {
  const said = await en('papa, my pepper');
  const stops = said.phones.filter(({ phone }) => phone === 'p').slice(1);
  const vowels = said.phones.filter(({ phone }) => /^[ɑɛə]/u.test(phone));
  assert.ok(stops.length >= 3 && vowels.length >= 3);
  for (const { startMs, endMs } of stops)
    assert.ok(rms(said.pcm, startMs + 4, startMs + (endMs - startMs) * 0.4) < 0.012);
  for (const { startMs, endMs } of vowels) assert.ok(rms(said.pcm, startMs, endMs) > 0.03);
});

test('what is read otherwise than written is one word over its place', async () => {
  const { words } = await zh('只要', ['¥99.9', '九十九点九元'], ['。', ''], '𠮷好');
  assert.deepEqual(
    words.map(({ text, from, to }) => [text, from, to]),
    [
      ['只', 0, 1],
      ['要', 1, 2],
      ['¥99.9', 2, 7],
      ['𠮷', 8, 10],
      ['好', 10, 11],
    ],
  );
  const price = words[2]!;
  assert.ok(price.endMs - price.startMs > 900);
});

test('English words carry their own offsets, in order, also those the engine runs together', async () => {
  const text = "Hello, the top of the world isn't at 3.5 km.";
  const { words, durationMs } = await en(text);
  assert.deepEqual(
    words.map((word) => word.text),
    ['Hello', 'the', 'top', 'of', 'the', 'world', "isn't", 'at', '3.5', 'km'],
  );
  for (const [i, { text: shown, from, to, startMs, endMs }] of words.entries()) {
    assert.equal(text.slice(from, to), shown);
    assert.ok(startMs < endMs && endMs <= durationMs && startMs >= (words[i - 1]?.endMs ?? 0) - 1e-6);
  }
});

test('a forced reading is heard, and a reading nobody forced is left alone', async () => {
  const heavy = await zh('重');
  const again = await forced('重', ['chong2']);
  assert.deepEqual(heavy.sounds, ['ʈʂ', 'ʊ', 'ŋ']);
  assert.deepEqual(again.sounds, ['ʈʂʰ', 'ʊ', 'ŋ']);
  assert.notEqual(hash(await forced('好', ['hao3'])), hash(await forced('好', ['hao4'])), 'the tone too');
});

for (const [word, ...pinyin] of [
  ['重庆', 'chong2', 'qing4'],
  ['银行', 'yin2', 'hang2'],
  ['行长', 'hang2', 'zhang3'],
  ['长大', 'zhang3', 'da4'],
  ['了解', 'liao3', 'jie3'],
  ['音乐', 'yin1', 'yue4'],
  ['快乐', 'kuai4', 'le4'],
  ['重复', 'chong2', 'fu4'],
  ['会计', 'kuai4', 'ji4'],
  ['角色', 'jue2', 'se4'],
  ['便宜', 'pian2', 'yi5'],
  ['方便', 'fang1', 'bian4'],
  ['出差', 'chu1', 'chai1'],
  ['参差', 'cen1', 'ci1'],
  ['睡着', 'shui4', 'zhao2'],
  ['着急', 'zhao2', 'ji2'],
  ['的确', 'di2', 'que4'],
  ['目的', 'mu4', 'di4'],
  ['调查', 'diao4', 'cha2'],
  ['空调', 'kong1', 'tiao2'],
  ['首都', 'shou3', 'du1'],
  ['都是', 'dou1', 'shi4'],
  ['觉得', 'jue2', 'de5'],
  ['睡觉', 'shui4', 'jiao4'],
  ['朋友', 'peng2', 'you5'],
  ['兄弟', 'xiong1', 'di4'],
  ['穷人', 'qiong2', 'ren2'],
  ['狗熊', 'gou3', 'xiong2'],
  ['女儿', 'nü3', 'er2'],
  ['花儿', 'hua1', 'er5'],
  ['一个', 'yi2', 'ge5'],
  ['不对', 'bu2', 'dui4'],
] as const) {
  test(`${word} is read ${pinyin.join(' ')}`, async () => {
    assert.equal(hash(await zh(word)), hash(await forced(word, [...pinyin])));
  });
}

test('the same words sound the same whatever was said before, and in another voice different', async () => {
  const first = hash(await say('espeak:cmn+f3', partOf('zh', ['今天天气很好，我们去公园。'])));
  await en('Something else in between');
  assert.equal(hash(await say('espeak:cmn+f3', partOf('zh', ['今天天气很好，我们去公园。']))), first);
  assert.notEqual(hash(await zh('今天天气很好，我们去公园。')), first);
});

test('rate, volume, pitch and emphasis do what they say', async () => {
  const text = ['我们一起去公园看看风景'];
  const variant = (prosody: Partial<SpeechPart['prosody']>, emphasis = false): Promise<Said> =>
    say('espeak:cmn', partOf('zh', text, { prosody: { ...NORMAL_PROSODY, ...prosody }, emphasis }));
  const [plain, fast, soft, high, strong] = [
    await variant({}),
    await variant({ rate: 1.6 }),
    await variant({ volume: 0.5 }),
    await variant({ pitch: 1.5 }),
    await variant({}, true),
  ];
  const pace = 11 / (plain.durationMs / 1000);
  assert.ok(pace > 3.8 && pace < 5.2, `${pace} characters a second`);
  assert.ok(fast.durationMs < plain.durationMs * 0.72);
  assert.ok(Math.abs(rms(soft.pcm) / rms(plain.pcm) - 0.5) < 0.01);
  assert.ok(pitchOf(high.pcm) / pitchOf(plain.pcm) > 1.3, 'pitch');
  assert.ok(rms(strong.pcm) > rms(plain.pcm) * 1.15 && strong.durationMs > plain.durationMs * 1.08);
});

/** Median over 40 ms windows of the lag with the best autocorrelation, as Hz. */
function pitchOf(pcm: Float32Array): number {
  const found: number[] = [];
  const size = 1920;
  for (let from = 0; from + 2 * size < pcm.length; from += 2 * size) {
    let best = 0;
    let bestLag = 0;
    for (let lag = 120; lag < 700; lag++) {
      let product = 0;
      let energy = 1e-3;
      for (let i = from; i < from + size; i += 2) {
        product += pcm[i]! * pcm[i + lag]!;
        energy += pcm[i + lag]! ** 2;
      }
      const score = product / Math.sqrt(energy);
      if (score > best) [best, bestLag] = [score, lag];
    }
    if (bestLag > 0) found.push(SAMPLE_RATE / bestLag);
  }
  return found.sort((a, b) => a - b)[found.length >> 1]!;
}

test('odd text is skipped or spoken, never a fault', async () => {
  for (const text of ['', ' ', '\0', '\ud800', '😀🎉', '...', '……！？', '[[', '𠀀𠀁']) {
    assert.equal((await zh(text)).pcm.length, 0, JSON.stringify(text));
    assert.equal((await en(text)).pcm.length === 0 || text === '𠀀𠀁', true, JSON.stringify(text));
  }
  assert.equal(hash(await zh('你\0好\ud800😀')), hash(await zh('你 好')));
  for (const text of ['שלום עולם', 'مرحبا', '<b>hi</b> &amp; [[h@]]', 'a'.repeat(500)])
    assert.ok((await en(text)).durationMs > 200);
});

test('a very long part comes in pieces, the first long before the last', async () => {
  const text = '今天我们聊一聊人工智能'.repeat(900);
  let samples = 0;
  const offsets: number[] = [];
  for await (const event of provider.synthesise(
    { voiceId: 'espeak:cmn', part: partOf('zh', [text]) },
    new AbortController().signal,
  )) {
    if (event.type === 'audio') {
      assert.ok(event.pcm.length < 30 * SAMPLE_RATE);
      samples += event.pcm.length;
    } else if (event.type === 'words') offsets.push(...event.words.map((word) => word.from));
    if (offsets.length > 150) break;
  }
  assert.deepEqual(
    offsets,
    offsets.map((_, i) => i),
  );
  assert.ok(samples > 25 * SAMPLE_RATE);
});

test('every language is listed with its tags and both genders; an unknown voice is refused in words', async () => {
  const voices = await provider.voices();
  const ids = new Set(voices.map((voice) => voice.id));
  for (const id of [
    'espeak:cmn',
    'espeak:cmn+f3',
    'espeak:yue',
    'espeak:en-us',
    'espeak:en-gb',
    'espeak:de',
    'espeak:ja+f3',
  ])
    assert.ok(ids.has(id), id);
  assert.equal(ids.size, voices.length);
  assert.ok(voices.find((voice) => voice.id === 'espeak:cmn')!.languages.includes('cmn'));
  for (const voiceId of ['espeak:klingonish', 'espeak:cmn+zz', 'other:cmn', '']) {
    const error = await say(voiceId, partOf('zh', ['好'])).then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof StudioError && error.code === 'speech.unknown-voice');
    assert.match(describeError(error, 'zh-CN').hint, /voices/);
  }
});

test('Cantonese is Cantonese', async () => {
  const { sounds } = await say('espeak:yue', partOf('yue', ['香港人']));
  assert.deepEqual(sounds, ['h', 'œ', 'ŋ', 'ɡ', 'ʊ', 'ŋ', 'j', 'a', 'n']);
  assert.deepEqual((await say('espeak:yue', partOf('yue', ['茶']))).sounds, ['tsʰ', 'aː']);
});

test('an abort ends a long clause with its reason, and the engine serves the next one', async () => {
  const control = new AbortController();
  const reason = new Error('enough');
  const long = provider.synthesise(
    { voiceId: 'espeak:en-us', part: partOf('en', ['word '.repeat(2000)]) },
    control.signal,
  );
  const first = await long[Symbol.asyncIterator]().next();
  assert.equal(first.done, false);
  const rest = (async () => {
    for await (const _ of long);
  })();
  control.abort(reason);
  await assert.rejects(rest, reason);
  assert.ok((await en('next')).durationMs > 100);
});

test('a dead engine thread is told in words, and replaced', async () => {
  const engine = createSpeechEngine();
  const job: ClauseJob = {
    voice: 'en-us',
    rate: 160,
    pitch: 50,
    range: 50,
    characters: [...'hi'],
    pinyin: [null, null],
    mandarin: false,
    ending: '.',
  };
  const signal = new AbortController().signal;
  await assert.rejects(
    engine.speak({ ...job, voice: 'no such voice' }, signal),
    (error) => error instanceof StudioError && error.code === 'speech.engine-stopped',
  );
  assert.ok((await engine.speak(job, signal)).pcm.length > 0);
  await engine.dispose();
  await engine.dispose();
});

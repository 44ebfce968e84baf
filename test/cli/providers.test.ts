/** Providers on the command line: listed, tried, set up, asked; with keys that never stand in an argument, an answer or a log. */
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { after, before, beforeEach, test } from 'node:test';
import { openWav } from '../../main/media/wav.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';
import { PcmVoice } from '../servers/bailian/voice.ts';
import { type Json, Place, type RunOptions } from './run-cli.ts';

const KEY = 'sk-of-the-test-0123456789abcdef';
const CONSENT =
  '我是林，我同意在课程视频里使用我的声音。今天天气很好，我们一起去公园散步，看看花，听听鸟叫，然后回家吃饭。';
let place: Place;
let bailian: FakeBailian;
let env: NodeJS.ProcessEnv;

before(async () => {
  place = await Place.make();
  bailian = await startBailian({ key: KEY });
  delete place.env.DASHSCOPE_API_KEY;
  env = { DASHSCOPE_HTTP_BASE_URL: bailian.httpBaseUrl, DASHSCOPE_WEBSOCKET_BASE_URL: bailian.webSocketBaseUrl };
});
after(async () => {
  await bailian?.[Symbol.asyncDispose]();
  await place?.remove();
});
beforeEach(() => {
  bailian.faults.clear();
  bailian.answers = null;
});

const run = (args: readonly string[], options: RunOptions = {}) =>
  place.run(args, { ...options, env: { ...env, ...options.env } });
const lightsOf = (json: Json): Record<string, string> =>
  Object.fromEntries((json.lights as { id: string; light: string }[]).map(({ id, light }) => [id, light]));

test('a key comes in by standard input or the environment, is kept encrypted, and is tried', async () => {
  const bare = await run(['providers', '--json']);
  assert.equal(bare.code, 0, bare.stderr);
  assert.deepEqual([lightsOf(bare.json()).qwen, lightsOf(bare.json()).espeak], ['no-key', 'ready']);
  const keyless = await run(['providers', 'test', 'qwen', '--json']);
  assert.deepEqual([keyless.code, keyless.json().error?.code], [1, 'cloud.key-missing']);

  const kept = await run(['providers', 'set', 'key', 'bailian', '--json'], { input: `${KEY}\n` });
  assert.equal(kept.code, 0, kept.stderr);
  assert.deepEqual([kept.json().secret, kept.json().has], ['bailian/key', true]);
  const shown = await run(['providers']);
  assert.match(shown.stdout, /^writes +1 +qwen +ready +cloud +qwen-plus$/m);
  assert.match(shown.stdout, /^speaks +\d +espeak +ready +this machine$/m);
  const tested = await run(['providers', 'test', 'qwen', '--json']);
  assert.equal(tested.code, 0, tested.stderr);
  const [result] = tested.json().results as { id: string; ok: boolean; firstByteMs: number }[];
  assert.ok(result?.ok && result.firstByteMs > 0);

  bailian.faults.always('chat', { kind: 'unauthorised' });
  const refused = await run(['providers', 'test', 'qwen']);
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /✖ qwen .*does not accept this key/);
  assert.match(refused.stdout, /→ Copy the key again/);
  for (const each of [kept, shown, tested, refused]) assert.ok(!`${each.stdout}${each.stderr}`.includes(KEY));
  for (const path of await place.paths(place.at('data')))
    if ((await stat(path)).isFile()) assert.ok(!(await readFile(path)).includes(KEY), path);

  const removed = await run(['providers', 'set', 'key', 'bailian', '--remove', '--json']);
  assert.equal(removed.json().has, false);
  const other = await run(['providers', 'set', 'key', 'bailian', '--key-env', 'MY_KEY', '--json'], {
    env: { MY_KEY: KEY },
  });
  assert.equal(other.code, 0, other.stderr);
  const none = await run(['providers', 'set', 'key', 'bailian', '--key-env', 'NO_SUCH'], {});
  assert.deepEqual([none.code, /no key in NO_SUCH/.test(none.stderr)], [1, true]);
});

test('a key as an argument is refused and not repeated', async () => {
  for (const words of [
    ['key', KEY],
    ['key', 'bailian', KEY],
  ]) {
    const { code, stdout, stderr } = await run(['providers', 'set', ...words, '--json']);
    assert.equal(code, 2);
    assert.match(stdout, /command\.key-as-argument/);
    assert.ok(!`${stdout}${stderr}`.includes(KEY));
  }
});

test('settings are set by name, wrong ones refused with what is allowed', async () => {
  const set = await run(['providers', 'set', 'policy.chains.tts', 'espeak,cosyvoice', '--json']);
  assert.equal(set.code, 0, set.stderr);
  const { settings } = (await run(['providers', 'list', '--json'])).json() as Json & {
    settings: { policy: { chains: { tts: string[] } } };
  };
  assert.deepEqual(settings.policy.chains.tts, ['espeak', 'cosyvoice']);
  for (const [name, value] of [
    ['policy.dailyBudgetYuan', '2.5'],
    ['policy.dailyBudgetYuan', 'null'],
    ['bailian.models.llm', 'qwen-flash'],
  ])
    assert.equal((await run(['providers', 'set', name!, value!])).code, 0, name);
  const mode = await run(['providers', 'set', 'policy.mode', 'cluod-first']);
  assert.equal(mode.code, 2);
  assert.match(mode.stderr, /Did you mean cloud-first\?/);
  const name = await run(['providers', 'set', 'policy.mod', 'offline']);
  assert.deepEqual([name.code, /Did you mean policy\.mode\?/.test(name.stderr)], [2, true]);
  const provider = await run(['providers', 'test', 'cosyvoic']);
  assert.deepEqual([provider.code, /Did you mean cosyvoice\?/.test(provider.stderr)], [2, true]);
  assert.equal((await run(['providers', 'set', 'policy.chains.tts', 'cosyvoice,qwen-tts,espeak'])).code, 0);
  assert.equal((await run(['providers', 'set', 'bailian.models.llm', 'qwen-plus'])).code, 0);
});

test('an answer is spoken while it is being written, each sentence in its own mood, into a marked file', async () => {
  const written = [
    '[happy 0.8] 天空',
    '是蓝色的！',
    '[serious 0.5] ',
    ...'因为空气把短的光波散射得比长的光波多得多，所以我们抬头看见的大多是蓝光。',
    '就这样。',
  ];
  bailian.answers = () => ({ pieces: written });
  bailian.timing.betweenMs = 60;
  const from = bailian.requests.length;
  const spoken = await run(
    [
      'chat',
      '--once',
      '天为什么是蓝的？',
      '--speak',
      place.at('answer.wav'),
      '--voice',
      'cosyvoice:longanyang',
      '--json',
    ],
    { env: { DASHSCOPE_API_KEY: KEY } },
  );
  bailian.timing.betweenMs = 0;
  assert.equal(spoken.code, 0, spoken.stderr);
  const { sentences, firstSoundMs, durationMs } = spoken.json() as Json & {
    sentences: { text: string; emotion: string; writtenMs: number }[];
    firstSoundMs: number;
    durationMs: number;
  };
  assert.deepEqual(
    sentences.map(({ emotion, text }) => [emotion, text.length]),
    [
      ['happy', 7],
      ['serious', 36],
      ['neutral', 4],
    ],
  );
  assert.ok(
    firstSoundMs < sentences[1]!.writtenMs,
    `${firstSoundMs} ms, the second sentence ${sentences[1]!.writtenMs}`,
  );
  const tasks = bailian.requests.slice(from).filter(({ surface }) => surface === 'tts-task');
  assert.equal(tasks.length, 3);
  assert.match(JSON.stringify(tasks[0]!.body), /happy/, 'the voice is told the mood before the first word');
  const wav = await readFile(place.at('answer.wav'));
  assert.ok(wav.includes('AIGC'));
  assert.ok(
    durationMs > 6000 && Math.abs((wav.length - 4096) / 96 - durationMs) < 100,
    `${durationMs} ms in ${wav.length} bytes`,
  );
});

test('chat streams the answer of the model, alone on standard output', async () => {
  const withKey = { env: { DASHSCOPE_API_KEY: KEY } };
  bailian.answers = ({ messages, model, thinking }) => ({
    text: `${model}: ${messages.map(({ content }) => content).join(' / ')}`,
    ...(thinking && { thinking: 'Let me see.' }),
  });
  const plain = await run(['chat', '--once', 'Hello?'], withKey);
  assert.deepEqual([plain.code, plain.stdout, plain.stderr], [0, 'qwen-plus: Hello?\n', '']);
  const whole = await run(
    ['chat', '--once', '-', '--system', 'Be brief.', '--model', 'qwen-flash', '--thinking', '--json'],
    {
      ...withKey,
      input: 'From a pipe',
    },
  );
  assert.equal(whole.code, 0, whole.stderr);
  const { answer, thinking, model, usage } = whole.json() as Json & { usage: { outputTokens: number } };
  assert.deepEqual([answer, thinking, model], ['qwen-flash: Be brief. / From a pipe', 'Let me see.', 'qwen-flash']);
  assert.ok(usage.outputTokens > 0);
  assert.equal((await run(['chat'])).code, 2);
  const wrong = await run(['chat', '--once', 'x', '--json'], {
    env: { DASHSCOPE_API_KEY: 'sk-wrong-aaaaaaaaaaaaaaaaaaaaaaaa' },
  });
  assert.equal(wrong.code, 1);
  assert.match(wrong.json().error!.code, /^cloud\./);
  assert.ok(!`${wrong.stdout}${wrong.stderr}`.includes('sk-wrong'));
});

test('an export speaks with a voice of the cloud, and goes on without it when it fails', async () => {
  const withKey = { env: { DASHSCOPE_API_KEY: KEY } };
  const talk = [
    'export',
    '--portrait',
    'sample:lin',
    '--text',
    'Good morning.',
    '--voice',
    'cosyvoice:longanyang',
    '--json',
  ];
  const spoken = await run([...talk, '--out', 'out/cloud.wav'], withKey);
  assert.equal(spoken.code, 0, spoken.stderr);
  assert.ok(bailian.requests.some(({ surface }) => surface === 'tts-task'));
  const listed = await run(['voices', '--json'], withKey);
  assert.ok((listed.json().voices as { id: string }[]).some(({ id }) => id === 'cosyvoice:longanyang'));
  bailian.faults.always('tts-task', { kind: 'unauthorised' });
  bailian.faults.always('qwen-tts', { kind: 'unauthorised' });
  bailian.faults.always('realtime-tts', { kind: 'unauthorised' });
  const second = talk.map((word) => (word === 'Good morning.' ? 'Good evening to you.' : word));
  const without = await run([...second, '--out', 'out/local.wav'], withKey);
  assert.equal(without.code, 0, without.stderr);
  assert.ok((await stat(place.at('out/local.wav'))).size > 20_000);
});

test('a voice is cloned under a recorded consent, listed, spoken with, and deleted', async () => {
  const withKey = { env: { DASHSCOPE_API_KEY: KEY } };
  bailian.faults.clear();
  const voice = new PcmVoice();
  const request = { text: CONSENT, voice: 'espeak+f3', sampleRate: 24_000, rate: 0.9 };
  const { pcm } = await voice.speak(request, new AbortController().signal);
  await voice.dispose();
  const wav = await openWav(place.at('me.wav'), { channels: 1, sampleRateHz: 24_000 });
  await wav.write(pcm);
  await wav.finish();
  const clone = ['voices', 'clone', '--sample', 'me.wav', '--person', '林', '--scope', '课程视频', '--name', 'Lin'];
  const asked = () => bailian.requests.filter(({ surface }) => surface === 'customization').length;
  const ended = await run(
    [...clone, '--consent', 'me.wav', '--expires', '2020-01-01', '--from', '2019-01-01', '--json'],
    withKey,
  );
  assert.deepEqual([ended.code, ended.json().error?.code, asked()], [1, 'cloud.consent-expired', 0]);
  const made = await run([...clone, '--consent', 'me.wav', '--expires', '2099-12-31', '--json'], withKey);
  assert.equal(made.code, 0, made.stderr);
  const { voice: cloned, consent } = made.json() as Json & {
    voice: { id: string; state: string };
    consent: { consent: { statement: string } };
  };
  assert.equal(cloned.state, 'ready');
  assert.match(consent.consent.statement, /林.*课程视频.*2099-12-31/);
  const listed = await run(['voices', 'cloned'], withKey);
  assert.ok(listed.stdout.includes(`${cloned.id}  ready  consent until  2099-12-31  Lin`), listed.stdout);
  bailian.requests.length = 0;
  const talk = ['export', '--portrait', 'sample:lin', '--text', '大家好。', '--voice', cloned.id, '--json'];
  const spoken = await run([...talk, '--out', 'out/mine.wav'], withKey);
  assert.equal(spoken.code, 0, spoken.stderr);
  const [task] = bailian.requests.filter(({ surface }) => surface === 'tts-task');
  assert.match(JSON.stringify(task?.body), new RegExp(cloned.id.slice('cosyvoice:'.length)));
  const removed = await run(['voices', 'rm', cloned.id, '--json'], withKey);
  assert.deepEqual([removed.code, removed.json().removed], [0, cloned.id]);
  assert.equal(bailian.context.voices.size, 0);
});

test('help tells of all this, in both languages', async () => {
  for (const [verb, words] of [
    ['providers', /set key bailian/],
    ['chat', /--once/],
    ['voices', /clone --sample/],
  ] as const) {
    for (const lang of ['en', 'zh-CN']) {
      const { code, stdout } = await place.run(['--lang', lang, verb, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, words);
      assert.match(stdout, lang === 'en' ? /Examples:/ : /示例：/);
    }
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERROR_CODES, StudioError } from '../errors/index.ts';
import { CircuitBreaker } from './breaker.ts';
import { DailyBudget, MemoryLedger } from './budget.ts';
import type { PolicyEvent } from './events.ts';
import { SmoothLimiter } from './limiter.ts';
import { orderOf } from './order.ts';
import { billedCharacters, yuanForText, yuanForTokens } from './prices.ts';
import { afterFailure, backoffMs, seededRandom } from './retry.ts';
import { dutyOf, dutyWords } from './status.ts';

const members = [
  { id: 'espeak', runs: 'local' },
  { id: 'cosyvoice', runs: 'cloud' },
  { id: 'qwen-tts', runs: 'cloud' },
  { id: 'sambert', runs: 'cloud' },
] as const;
const chain = ['espeak', 'qwen-tts', 'unknown', 'cosyvoice'];
const ids = (...asked: Parameters<typeof orderOf>) => orderOf(...asked).map(({ id }) => id);

test('the mode says where the chain begins, and offline nothing of the cloud is left in it, wished for or not', () => {
  assert.deepEqual(ids(members, chain, 'cloud-first'), ['qwen-tts', 'cosyvoice', 'espeak']);
  assert.deepEqual(ids(members, chain, 'local-first'), ['espeak', 'qwen-tts', 'cosyvoice']);
  assert.deepEqual(ids(members, chain, 'cloud-only'), ['qwen-tts', 'cosyvoice']);
  assert.deepEqual(ids(members, chain, 'offline'), ['espeak']);
  assert.deepEqual(ids(members, chain, 'cloud-first', 'sambert'), ['sambert', 'qwen-tts', 'cosyvoice', 'espeak']);
  assert.deepEqual(ids(members, chain, 'cloud-first', 'espeak'), ['espeak', 'qwen-tts', 'cosyvoice']);
  assert.deepEqual(ids(members, chain, 'offline', 'sambert'), ['espeak']);
});

test('a circuit opens after failures in a row, lets one probe through when its rest is over, and rests longer when that fails', () => {
  let now = 0;
  const states: string[] = [];
  const circuit = new CircuitBreaker(
    () => ({ breakAfter: 2, breakMs: 1000 }),
    () => now,
    (state) => states.push(state),
  );
  const fail = (): void => {
    assert.ok(circuit.admit());
    circuit.failed();
  };
  fail();
  assert.ok(circuit.admit());
  circuit.succeeded();
  fail();
  assert.equal(circuit.state, 'closed', 'a success between them');
  fail();
  assert.equal(circuit.admit(), false);
  now = 999;
  assert.equal(circuit.admit(), false);
  now = 1000;
  assert.equal(circuit.admit(), true);
  assert.equal(circuit.admit(), false, 'one probe at a time');
  circuit.failed();
  assert.equal(circuit.restsForMs, 2000);
  now = 3000;
  assert.equal(circuit.admit(), true);
  circuit.undecided();
  assert.equal(circuit.admit(), true, 'a probe that was stopped shows nothing: the next one is the probe');
  circuit.succeeded();
  assert.ok(circuit.admit() && circuit.admit());
  assert.deepEqual(states, ['open', 'half-open', 'open', 'half-open', 'open', 'half-open', 'closed']);
});

test('what is owed, refused or wrong is never asked of the same provider again; every code of the cloud has its answer', () => {
  const again = ERROR_CODES.filter((code) => afterFailure(new StudioError(code)).again);
  assert.deepEqual(again.sort(), [
    'cloud.bad-answer',
    'cloud.cut-off',
    'cloud.host-not-found',
    'cloud.server-error',
    'cloud.timeout',
    'cloud.unreachable',
  ]);
  const billing = afterFailure(new StudioError('cloud.billing'));
  assert.ok(!billing.again && billing.next && typeof billing.rest === 'number' && billing.rest >= 600_000);
  assert.equal(afterFailure(new StudioError('cloud.rate-limited')).rest, 60_000);
  assert.equal(afterFailure(new StudioError('cloud.unsafe-text')).next, false);
  assert.equal(afterFailure(new StudioError('cloud.voice-mismatch')).rest, null, 'says nothing of other voices');
  const random = seededRandom(7);
  const pauses = [2, 3, 4, 9].map((attempt) => backoffMs(attempt, random));
  assert.ok(
    pauses.every((ms, i) => ms >= [100, 200, 400, 1000][i]! && ms <= [200, 400, 800, 2000][i]!),
    String(pauses),
  );
  assert.equal(seededRandom(7)(), seededRandom(7)());
});

test('a crowd of requests leaves evenly and below the rate, however they come', () => {
  let now = 0;
  const limiter = new SmoothLimiter(
    () => ({ requestsPerMinute: 120, tokensPerMinute: 6000 }),
    () => now,
  );
  const leaves = Array.from({ length: 240 }, () => now + limiter.take(10));
  for (let from = 0; from + 60_000 <= leaves.at(-1)!; from += 1000) {
    const inMinute = leaves.filter((at) => at >= from && at < from + 60_000).length;
    assert.ok(inMinute <= 122, `${inMinute} requests in the minute from ${from}`);
    const inSecond = leaves.filter((at) => at >= from && at < from + 1000).length;
    assert.ok(inSecond <= 4, `${inSecond} requests in the second from ${from}`);
  }
  now = leaves.at(-1)! + 2000;
  assert.equal(limiter.take(6000), 0);
  assert.ok(limiter.waitMs() > 55_000, 'a minute of tokens was taken');
  limiter.correct(-5900);
  assert.ok(limiter.waitMs() < 1500);
});

test('a budget counts what is under way, stops hard, and begins anew with the local day', () => {
  const ledger = new MemoryLedger();
  let wall = new Date(2026, 10, 22, 23, 59).getTime();
  const budget = new DailyBudget(() => 1, ledger, { wallMs: () => wall });
  const first = budget.reserve('qwen', 0.6);
  assert.ok(first);
  assert.equal(budget.reserve('qwen', 0.6), null, 'the one under way may take it all');
  first.settle(0.3);
  first.settle(0.3);
  assert.equal(budget.spentYuan, 0.3);
  const second = budget.reserve('cosyvoice', 0.6);
  second?.settle(0.7);
  assert.equal(budget.reserve('qwen', 0.001), null);
  assert.deepEqual(budget.spentByProvider(), { qwen: 0.3, cosyvoice: 0.7 });
  wall += 120_000;
  assert.ok(budget.reserve('qwen', 0.9));
});

test('prices: a snapshot costs what its model does, and what nobody knows is the dearest', () => {
  const use = { inputTokens: 1_000_000, outputTokens: 0 };
  assert.equal(yuanForTokens('qwen-plus', use), 0.8);
  assert.equal(yuanForTokens('qwen-plus-2026-01-23', use), 0.8);
  assert.equal(yuanForTokens('qwen-plus', { inputTokens: 0, outputTokens: 1_000_000, reasoningTokens: 5 }), 8);
  assert.equal(yuanForTokens('qwen9-ultra', use), 24);
  assert.equal(yuanForTokens('qwen-plus-ultra', use), 24, 'no snapshot');
  assert.equal(billedCharacters('你好，ok'), 7);
  assert.equal(yuanForText('cosyvoice-v3-flash', '字'.repeat(5000)), 1);
  assert.equal(yuanForText('sambert-zhichu-v1', '字'.repeat(5000)), 1);
  assert.equal(yuanForText('voice-of-tomorrow', '字'.repeat(5000)), 2);
});

test('a person reads who speaks, since when and why', () => {
  const at = (hour: number, minute: number): number => new Date(2026, 10, 22, hour, minute).getTime();
  const error = { code: 'cloud.rate-limited', params: { provider: 'CosyVoice' } };
  const switched = {
    stage: 'tts',
    type: 'switched',
    from: 'cosyvoice',
    to: 'espeak',
    error,
    midUtterance: false,
  } as const;
  const served = { stage: 'tts', type: 'served', provider: 'espeak', firstByteMs: 3, fallback: true } as const;
  const events: PolicyEvent[] = [
    { atMs: at(14, 0), stage: 'tts', type: 'served', provider: 'cosyvoice', firstByteMs: 100, fallback: false },
    { atMs: at(14, 2), ...switched },
    { atMs: at(14, 2), ...served },
    { atMs: at(14, 5), ...switched },
    { atMs: at(14, 5), ...served },
  ];
  const duty = dutyOf(events, 'tts')!;
  assert.equal(dutyWords(duty, 'the local voice', 'en'), 'Speaking with the local voice since 14:02: rate limit');
  assert.equal(dutyWords(duty, '本机语音', 'zh-CN'), '正在使用语音“本机语音”（14:02 起，原因：限流）');
  const back: PolicyEvent = {
    atMs: at(15, 0),
    stage: 'tts',
    type: 'served',
    provider: 'cosyvoice',
    firstByteMs: 90,
    fallback: false,
  };
  assert.deepEqual(dutyOf([...events, back], 'tts'), {
    stage: 'tts',
    provider: 'cosyvoice',
    sinceMs: at(15, 0),
    error: null,
  });
  assert.equal(dutyOf(events, 'llm'), null);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOutput, describeProblem, type LiveOutput, PLATFORM_IDS, PLATFORMS } from './platforms.ts';

const usual: LiveOutput = {
  widthPx: 1280,
  heightPx: 720,
  fps: 25,
  videoKbps: 2_500,
  audioKbps: 128,
  keyframeSeconds: 2,
  hours: 2,
};
const codes = (id: (typeof PLATFORM_IDS)[number], output: Partial<LiveOutput>) =>
  checkOutput(id, { ...usual, ...output }).map(({ code, severity }) => `${severity} ${code}`);

test("what the studio sends by default is to every platform's liking, upright too", () => {
  for (const id of PLATFORM_IDS) {
    assert.deepEqual(codes(id, {}), [], id);
    assert.deepEqual(codes(id, { widthPx: 720, heightPx: 1280 }), [], id);
  }
});

test('what a platform says it does not take is found, and only where it says so', () => {
  assert.deepEqual(codes('facebook', { url: 'rtmp://live-api-s.facebook.com:80/rtmp/' }), ['error needs-rtmps']);
  assert.deepEqual(codes('facebook', { videoKbps: 4_500 }), ['warning video-bitrate-too-high']);
  assert.deepEqual(codes('facebook', { videoKbps: 4_500, fps: 60 }), []);
  assert.deepEqual(codes('facebook', { keyframeSeconds: 3 }), ['warning keyframes-too-rare']);
  assert.deepEqual(codes('facebook', { keyframeSeconds: 10, audioKbps: 320 }), [
    'error audio-bitrate-too-high',
    'error keyframes-too-rare',
  ]);
  assert.deepEqual(codes('twitch', { widthPx: 2560, heightPx: 1440 }), ['error picture-too-large']);
  assert.deepEqual(codes('twitch', { fps: 120 }), ['error frame-rate-too-high']);
  // Around the clock is longer than any limit.
  const { hours: _, ...endless } = usual;
  assert.deepEqual(
    checkOutput('facebook', endless).map(({ code }) => code),
    ['ends-by-itself'],
  );
  assert.deepEqual(codes('douyin', { videoKbps: 50_000, fps: 120, keyframeSeconds: 10 }), []);
});

test('every problem is told in both languages with its figures, and every limit has a page that states it', () => {
  const worst = {
    ...usual,
    widthPx: 4000,
    heightPx: 3000,
    fps: 60,
    videoKbps: 90_000,
    audioKbps: 999,
    keyframeSeconds: 9,
  };
  for (const id of PLATFORM_IDS) {
    for (const problem of checkOutput(id, { ...worst, url: 'rtmp://x/y' })) {
      for (const locale of ['en', 'zh-CN'] as const) {
        const words = describeProblem(id, problem, locale);
        assert.ok(words.includes(PLATFORMS[id].name[locale]) && !words.includes('{'), words);
      }
    }
    const { limits, sources } = PLATFORMS[id];
    assert.ok(Object.keys(limits).length === 0 || sources.length > 0, id);
  }
});

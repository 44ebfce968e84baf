import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StudioError } from '../../../app/errors/index.ts';
import { expiryOf, pushTarget, redactedUrl, withoutSecrets } from './push-url.ts';

test('addresses and keys as platforms give them are passed on to the letter', () => {
  const cases: [url: string, key: string | undefined, host: string, port: number, app: string, name: string][] = [
    [
      'rtmp://live-push.bilivideo.com/live-bvc/',
      '?streamname=live_1_2&key=ab%2Fc&schedule=rtmp&pflag=1',
      'live-push.bilivideo.com',
      1935,
      'live-bvc',
      '?streamname=live_1_2&key=ab%2Fc&schedule=rtmp&pflag=1',
    ],
    [
      'rtmp://push-rtmp-l6.douyincdn.com/third',
      'stream-11?k=a/b&t=1',
      'push-rtmp-l6.douyincdn.com',
      1935,
      'third',
      'stream-11?k=a/b&t=1',
    ],
    [
      'rtmps://a.rtmps.youtube.com:443/live2?backup=1',
      ' ab-cd ',
      'a.rtmps.youtube.com',
      443,
      'live2?backup=1',
      'ab-cd',
    ],
    [
      'rtmps://live-api-s.facebook.com:443/rtmp/',
      'FB-1-0-Abc?s_bl=1',
      'live-api-s.facebook.com',
      443,
      'rtmp',
      'FB-1-0-Abc?s_bl=1',
    ],
    ['rtmp://host/app/inst/key?txSecret=1&txTime=2', undefined, 'host', 1935, 'app/inst', 'key?txSecret=1&txTime=2'],
    ['rtmp://host/live/?streamname=a&key=b', undefined, 'host', 1935, 'live', '?streamname=a&key=b'],
    ['RTMP://[::1]:1936/live', 'k', '::1', 1936, 'live', 'k'],
  ];
  for (const [url, key, host, port, app, streamName] of cases) {
    const target = pushTarget(url, key);
    assert.deepEqual([target.host, target.port, target.app, target.streamName], [host, port, app, streamName], url);
    assert.ok(target.tcUrl.endsWith(`/${app}`) && !target.tcUrl.includes(streamName), target.tcUrl);
    assert.equal(target.tls, /^rtmps/.test(url));
  }
});

test('what is no address is refused without repeating it', () => {
  for (const url of [
    '',
    'http://host/app/secretkey',
    'rtmp://',
    'rtmp://host',
    'rtmp://host:99999/a/secretkey',
    'rtmp://user:pw@host/a/secretkey',
    'hello secretkey',
  ]) {
    assert.throws(
      () => pushTarget(url, undefined),
      (error) =>
        error instanceof StudioError &&
        /url-invalid|key-missing/.test(error.code) &&
        !/secretkey|pw/.test(error.message),
      url,
    );
  }
  assert.throws(() => pushTarget('rtmp://host/live', ''), { code: 'broadcast.key-missing' });
  assert.throws(() => pushTarget('rtmp://host/', 'key'), { code: 'broadcast.url-invalid' });
});

test('no key is left in what people and logs are shown', () => {
  assert.equal(redactedUrl('rtmp://host/live/secret?a=b'), 'rtmp://host/live/***');
  assert.equal(redactedUrl('rtmp://host:1936/live'), 'rtmp://host:1936/live');
  assert.equal(redactedUrl('rtmp://me:secret@host/live/?streamname=secret'), 'rtmp://host/live/***');
  assert.equal(redactedUrl('rtmp://host/live_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'), 'rtmp://host/***');
  assert.equal(redactedUrl('secret'), '***');
  const target = pushTarget('rtmp://host/live?token=tokentoken', 'name-secret?auth=hushhush');
  const said = withoutSecrets('bad name name-secret?auth=hushhush in live?token=tokentoken (hushhush)', target);
  assert.ok(!/name-secret|hushhush|tokentoken/.test(said), said);
});

test('an address that says until when it is valid is believed', () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  const seconds = at / 1000;
  assert.equal(expiryOf('rtmp://h/live', `s?txSecret=x&txTime=${seconds.toString(16).toUpperCase()}`), at);
  assert.equal(expiryOf(`rtmp://h/live/s?auth_key=${seconds}-0-0-abc`, undefined), at);
  assert.equal(expiryOf('rtmp://h/live?x=1', `s?expire=${seconds}`), at);
  assert.equal(expiryOf('rtmp://h/live', 'plain'), null);
});

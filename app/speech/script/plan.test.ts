import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pronunciation } from '../../document/script.ts';
import { StudioError } from '../../errors/index.ts';
import { NEUTRAL_BLEND } from '../emotion-blend.ts';
import type { SpeechLang, UtterancePlan } from '../plan.ts';
import { parseLine } from './parse.ts';
import { hasSpeech, planLine } from './plan.ts';

const plan = (text: string, defaultLang: SpeechLang = 'zh', dictionary: Pronunciation[] = []): UtterancePlan =>
  planLine({ text, emotion: 'neutral', intensity: 1 }, { dictionary, defaultLang, emotions: [] });

/** Speech as `lang:spoken`, events by their kind. */
const outline = ({ parts }: UtterancePlan): string[] =>
  parts.map((part) => {
    switch (part.kind) {
      case 'speech': {
        const { rate, pitch, volume } = part.prosody;
        const manner = [rate, pitch, volume].join('/');
        const spoken = part.tokens.map((token) => token.spoken).join('');
        return `${part.lang}${part.emphasis ? '!' : ''}${manner === '1/1/1' ? '' : ` ${manner}`}: ${spoken}`;
      }
      case 'pause':
        return `pause ${part.ms}`;
      case 'emotion':
        return `${part.emotion} ${part.intensity}`;
      default:
        return `#${part.name} ${part.argument}`.trim();
    }
  });

test('moods carry what they do to the face and which cue they come from; the line’s own may be the project’s', () => {
  const wink = { name: 'Wink', blend: { ...NEUTRAL_BLEND, upperLids: 0.9 } };
  const context = { dictionary: [], defaultLang: 'zh', emotions: [wink] } as const;
  const moods = (text: string, emotion = 'Wink') =>
    planLine({ text, emotion, intensity: 0.5 }, context).parts.flatMap((part) =>
      part.kind === 'emotion' ? [[part.emotion, part.intensity, part.blend.upperLids, part.cue]] : [],
    );
  assert.deepEqual(moods('好[sad][wink 0.2]吗[happy]'), [
    ['Wink', 0.5, 0.9, undefined],
    ['Wink', 0.2, 0.9, 1],
    ['happy', 1, 0, 2],
  ]);
  assert.deepEqual(moods('[#m][happy]好'), [['happy', 1, 0, 0]]);
  assert.throws(
    () => moods('好', 'wnk'),
    (error) =>
      error instanceof StudioError && error.code === 'script.unknown-emotion' && error.params.nearest === 'Wink',
  );
});

function assertWellFormed(text: string, { displayText, parts }: UtterancePlan): void {
  let at = 0;
  assert.equal(parts[0]?.kind, 'emotion', text);
  assert.ok(displayText.isWellFormed() && !/\p{Cc}/u.test(displayText), text);
  for (const [i, part] of parts.entries()) {
    if (part.kind !== 'speech') continue;
    assert.ok(part.tokens.length > 0);
    for (const token of part.tokens) {
      assert.equal(token.from, at, `gap in ${JSON.stringify(text)}`);
      assert.equal(displayText.slice(token.from, token.to), token.display, text);
      assert.ok(token.spoken.isWellFormed() && !/\p{Cc}/u.test(token.spoken), text);
      at = token.to;
    }
    const before = parts[i - 1];
    if (before?.kind !== 'speech') continue;
    const { tokens: _, ...manner } = part;
    const { tokens: __, ...mannerBefore } = before;
    assert.notDeepEqual(manner, mannerBefore, `parts of ${JSON.stringify(text)} that should be one`);
  }
  assert.equal(at, displayText.length, text);
}

test('cues leave the display text and become parts in their places', () => {
  const line = plan(
    '[happy 0.6] 大家好[500ms]，[rate 1.2][pitch 150%]欢迎[/pitch]来到 *Apple*[/rate] [#card a b] 发布会 [sad]',
  );
  assert.equal(line.displayText, '大家好，欢迎来到 Apple 发布会');
  assert.deepEqual(outline(line), [
    'happy 0.6',
    'zh: 大家好',
    'pause 500',
    'zh: ，',
    'zh 1.2/1.5/1: 欢迎',
    'zh 1.2/1/1: 来到 ',
    'en! 1.2/1/1: Apple',
    'en:  ',
    '#card a b',
    'zh: 发布会',
    'sad 1',
  ]);
});

test('nested spans multiply and stay within half and double', () => {
  assert.deepEqual(outline(plan('[rate 2][rate 2]快[/rate][rate 0.5]中[/rate][/rate]')).slice(1), [
    'zh 2/1/1: 快',
    'zh: 中',
  ]);
});

test('numbers know what stands behind a cue', () => {
  assert.deepEqual(outline(plan('*2026*年，有[em]2[/em]个')).slice(1), [
    'zh!: 二零二六',
    'zh: 年，有',
    'zh!: 两',
    'zh: 个',
  ]);
});

test('pinyin reaches the token of its character, and Cantonese keeps its own reading', () => {
  const tokens = (lang: SpeechLang) =>
    plan('重{chóng}庆', lang).parts.flatMap((part) => (part.kind === 'speech' ? part.tokens : []));
  assert.deepEqual(tokens('zh'), [
    { display: '重', spoken: '重', from: 0, to: 1, pinyin: ['chong2'] },
    { display: '庆', spoken: '庆', from: 1, to: 2 },
  ]);
  assert.deepEqual(
    tokens('yue').map((token) => token.pinyin),
    [undefined, undefined],
  );
});

test('say replaces, adds or silences', () => {
  const line = plan('买[say: 爱 phone 3台]iPhone 3[/say]吧[say: 哈哈][say:]（笑）[/say]');
  assert.equal(line.displayText, '买iPhone 3吧（笑）');
  assert.deepEqual(outline(line).slice(1), ['zh: 买爱', 'en: phone', 'zh: 三台吧哈哈']);
  assertWellFormed('say', line);
});

test('the dictionary takes the longest match, and whole words of Latin letters', () => {
  const dictionary: Pronunciation[] = [
    { written: '重', say: null, pinyin: ['zhòng'] },
    { written: '重庆', say: null, pinyin: ['chóng qìng'] },
    { written: 'API', say: 'A P eye', pinyin: null },
    { written: '12306', say: '铁路客服', pinyin: null },
    { written: 'Nginx', say: '恩静克斯', pinyin: null },
  ];
  const line = plan('重庆API和RAPID，12306与123067，Nginx', 'zh', dictionary);
  const tokens = line.parts.flatMap((part) => (part.kind === 'speech' ? part.tokens : []));
  assert.deepEqual(tokens[0], { display: '重庆', spoken: '重庆', from: 0, to: 2, pinyin: ['chong2', 'qing4'] });
  assert.deepEqual(outline(line).slice(1), [
    'zh: 重庆',
    'en: A P eye',
    'zh: 和',
    'en: RAPID,',
    'zh: 铁路客服与十二万三千零六十七，恩静克斯',
  ]);
  assertWellFormed('dictionary', line);
});

test('a dictionary entry whose pinyin does not fit is refused by name', () => {
  for (const pinyin of [['chong2'], ['chong2', 'xx'], []]) {
    assert.throws(
      () => plan('好', 'zh', [{ written: '重庆', say: null, pinyin }]),
      (error) =>
        error instanceof StudioError && error.code === 'script.bad-dictionary-entry' && error.params.written === '重庆',
    );
  }
});

test('text without words is told apart', () => {
  for (const text of [
    '',
    '   ',
    '！？…',
    '🎉👍🏽',
    '[happy][500ms]',
    '——（）',
    '~^_^~',
    '\u0000\ud800',
    '[say:]你好[/say]',
    '“”',
  ]) {
    assert.equal(hasSpeech(plan(text)), false, JSON.stringify(text));
  }
  for (const text of ['好', 'a', '3', '[say: 嗯]', '🎉1', 'שלום', '%']) {
    assert.equal(hasSpeech(plan(text)), true, JSON.stringify(text));
  }
});

const PIECES = [
  '你好',
  '世界',
  'hello ',
  'GPU',
  '，',
  ' ',
  '。',
  '2',
  '026',
  '年',
  '-',
  '5',
  '%',
  '¥',
  '.',
  ':',
  '/',
  'kg',
  '3-5天',
  '(',
  ')',
  '“',
  'v2.1',
  '[happy]',
  '[500ms]',
  '重{chóng}',
  '[say: 三 three]x 3[/say]',
  '[say: 嗯]',
  '[say:]y[/say]',
  '[#m]',
  '*',
  '[em]',
  '[/em]',
  '[rate 1.5]',
  '[/rate]',
  '🎉',
  '1️⃣',
  '\ud83d',
  '\u0000',
  '\ufeff',
  'שלום',
  'é',
  '①',
  '𠮷',
  '\t',
  'a@b.com',
  'http://',
  '~',
  '１',
  'x',
  '+',
  '\u0301',
  '重庆',
];

test('tokens index the display text without gaps, whatever the line', () => {
  let state = 7;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const dictionary: Pronunciation[] = [
    { written: '重庆', say: null, pinyin: ['chong2', 'qing4'] },
    { written: '5', say: 'five 五', pinyin: null },
    { written: 'GPU', say: '', pinyin: null },
  ];
  let planned = 0;
  for (let i = 0; i < 4_000; i++) {
    const text = Array.from({ length: Math.floor(next() * 14) }, () => PIECES[Math.floor(next() * PIECES.length)]).join(
      '',
    );
    if (!parseLine(text).ok) continue;
    planned++;
    for (const lang of ['zh', 'yue', 'en'] as const)
      assertWellFormed(text, plan(text, lang, i % 2 === 0 ? dictionary : []));
  }
  assert.ok(planned > 800, `${planned} lines`);
});

test('a hundred thousand characters are planned whole', () => {
  const text = '2026年，AI 主播用 iPhone 15 直播了3-5天，卖出¥1,299.00的商品。[500ms]'
    .repeat(2_200)
    .slice(0, 100_000)
    .replace(/\[[^\]]*$/, '');
  const line = plan(text);
  assert.ok(line.displayText.length > 80_000);
  assertWellFormed('long', line);
});

test('a slot is planned as one of its alternatives, always the same for a seed, with its neighbours read as one text', () => {
  const shown = (seed?: number): string => {
    const context = { dictionary: [], defaultLang: 'zh', emotions: [], ...(seed !== undefined && { seed }) } as const;
    const planned = planLine({ text: '只要{1|2|3}00元[happy]', emotion: 'neutral', intensity: 1 }, context);
    assertWellFormed('slot', planned);
    assert.match(
      planned.parts.flatMap((part) => (part.kind === 'speech' ? part.tokens.map((t) => t.spoken) : [])).join(''),
      /[一二两三]百元/,
    );
    return planned.displayText;
  };
  const bySeed = Array.from({ length: 40 }, (_, seed) => shown(seed));
  assert.deepEqual([...new Set(bySeed)].sort(), ['只要100元', '只要200元', '只要300元']);
  assert.deepEqual(
    Array.from({ length: 40 }, (_, seed) => shown(seed)),
    bySeed,
  );
  assert.equal(shown(), shown(1));
});

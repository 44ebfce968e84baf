import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMOTIONS } from '../../../app/speech/emotion.ts';
import { parseCue } from '../../../app/speech/script/cue.ts';
import { type EmotionalSentence, EmotionalText, emotionalSentences, emotionInstruction } from './emotional-text.ts';

function read(text: string, size = 3, own: string[] = []): EmotionalSentence[] {
  const parser = new EmotionalText(own);
  const sentences: EmotionalSentence[] = [];
  for (let at = 0; at < text.length; at += size) sentences.push(...parser.push(text.slice(at, at + size)));
  return [...sentences, ...parser.end()];
}
const brief = (sentences: EmotionalSentence[]): string[] =>
  sentences.map(
    ({ text, emotion, intensity, told }) => `${emotion} ${intensity}${told === 'by-model' ? '' : '?'}: ${text}`,
  );

test('each sentence has its mood, however the answer is split', () => {
  const answer =
    '[happy 0.6] 大家好，欢迎来到直播间！[serious 0.4]先说一件事：圆周率是3.14。[excited 0.9] “准备好了吗？” [gentle 0.5]\nIt costs $9.99, says Dr. Li. [neutral 0] Bye...';
  for (let size = 1; size <= 12; size++) {
    assert.deepEqual(brief(read(answer, size)), [
      'happy 0.6: 大家好，欢迎来到直播间！',
      'serious 0.4: 先说一件事：圆周率是3.14。',
      'excited 0.9: “准备好了吗？”',
      'gentle 0.5: It costs $9.99, says Dr. Li.',
      'neutral 0: Bye...',
    ]);
  }
});

test('a sentence is given as soon as it is known to have ended', () => {
  const parser = new EmotionalText();
  const seen: string[] = [];
  for (const piece of ['[hap', 'py 0.6', '] 你', '好。', '[sa', 'd 0.5] 可', '惜。', '」再', '见']) {
    seen.push(
      `${piece}→${parser
        .push(piece)
        .map(({ text }) => text)
        .join('|')}`,
    );
  }
  assert.deepEqual(
    seen.filter((entry) => !entry.endsWith('→')),
    ['[sa→你好。', '」再→可惜。」'],
  );
  assert.deepEqual(
    parser.end().map(({ text }) => text),
    ['再见'],
  );
});

test('cues that are written badly are understood, and never said', () => {
  const cases: [string, string][] = [
    ['[HAPPY:0.6] 好。', 'happy 0.6: 好。'],
    ['[happy, 60%]好。', 'happy 0.6: 好。'],
    ['[emotion: sad, intensity: 0.4] 好。', 'sad 0.4: 好。'],
    ['【开心 0.5】好。', 'happy 0.5: 好。'],
    ['[悲伤] 好。', 'sad 0.7: 好。'],
    ['(angry 0.8) 好。', 'angry 0.8: 好。'],
    ['（温柔）好。', 'gentle 0.7: 好。'],
    ['[happy, excited 0.8] 好。', 'happy 0.8: 好。'],
    ['[excited 8] 好。', 'excited 0.8: 好。'],
    ['[excited 80] 好。', 'excited 0.8: 好。'],
    ['[happy 0.6 大家好。', 'happy 0.6: 大家好。'],
    ['happy 0.6] 大家好。', 'happy 0.6: 大家好。'],
    ['[happy 0.6', ''],
    ['[happy [sad 0.3] 好。', 'sad 0.3: 好。'],
    ['今天[sad 0.3]下雨。', 'sad 0.3: 今天下雨。'],
    ['[happy 0.6] 今天[pause]下雨[1]，[500ms]真的[笑]。', 'happy 0.6: 今天下雨，真的。'],
    ['[sad 0.5] 好。[/sad]', 'sad 0.5: 好。'],
    ['我的微笑 0.6] 好。', '我的微笑 0.6: 好。'],
    ['[我的微笑] 好。', '我的微笑 0.7: 好。'],
    ['请在[姓名一栏]签字。', 'neutral 1?: 请在[姓名一栏]签字。'],
    ['(Happy hour starts at 5.) 好', 'happy 0.56?: (Happy hour starts at 5.) | neutral 1?: 好'],
    ['Happy 90 days', 'happy 0.56?: Happy 90 days'],
    ['[', ''],
    ['a [b', 'neutral 1?: a b'],
    ['[happy 0.5][sad 0.5]', ''],
  ];
  for (const [text, expected] of cases)
    for (const size of [1, 4, 100]) assert.equal(brief(read(text, size, ['我的微笑'])).join(' | '), expected, text);
});

test('a mood in the middle of a sentence that has one is the next sentence’s', () => {
  assert.deepEqual(brief(read('[happy 0.5] 好，[sad 0.5] 可是。下雨了。没事。')), [
    'happy 0.5: 好，可是。',
    'sad 0.5: 下雨了。',
    'neutral 1?: 没事。',
  ]);
});

test('without cues the words tell', () => {
  assert.deepEqual(
    read('太过分了，简直无耻！今天的会议在三楼。Don’t worry, take your time.').map(({ emotion, told }) => [
      emotion,
      told,
    ]),
    [
      ['angry', 'by-words'],
      ['neutral', 'by-words'],
      ['gentle', 'by-words'],
    ],
  );
});

test('a voice does not wait for the end of a sentence that has none', () => {
  const endless = '我们一起去看看吧，'.repeat(100);
  const sentences = read(endless);
  assert.equal(sentences.map(({ text }) => text).join(''), endless);
  for (const { text } of sentences) assert.ok(text.length <= 140 && text.endsWith('，'));
  const solid = read('啊'.repeat(2000));
  assert.ok(solid.length > 5 && solid.map(({ text }) => text).join('').length === 2000);
});

test('nothing of a random answer is lost but its cues', () => {
  let seed = 7;
  const draw = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  const parts = [
    '你好',
    '。',
    '！',
    ' word',
    '.',
    '3.5',
    '\n',
    '[',
    ']',
    '(',
    ')',
    '"',
    '😀',
    '[happy 0.5]',
    '，',
    '…',
  ];
  const letters = (text: string): string => text.replaceAll(/\[happy 0\.5\]|[^\p{L}\p{N}😀]/gu, '');
  for (let round = 0; round < 500; round++) {
    const answer = Array.from({ length: draw(20) }, () => parts[draw(parts.length)]!).join('');
    const said = read(answer, 1 + draw(5))
      .map(({ text }) => text)
      .join('');
    const spoken = letters(answer.replaceAll(/\[[^\][\n。！]*\]/g, '').replaceAll('😀', ''));
    /* What stands in a bracket of its own may be a footnote's number or a direction; nothing else goes missing. */
    for (const letter of spoken) assert.ok(said.includes(letter), `${JSON.stringify(answer)} → ${said}`);
    for (const size of [1, 2, 50])
      assert.deepEqual(brief(read(answer, size)).join(), brief(read(answer, 7)).join(), JSON.stringify(answer));
  }
});

test('the instruction names every mood, and its examples are cues of the grammar', () => {
  for (const language of ['zh', 'en'] as const) {
    const words = emotionInstruction(language, ['我的微笑']);
    for (const name of [...EMOTIONS, '我的微笑']) assert.ok(words.includes(name));
    const cues = [...words.matchAll(/\[([^\]]+)\]/g)].map(([, body]) => parseCue(body!));
    assert.deepEqual(cues, [
      { kind: 'emotion', emotion: 'happy', intensity: 0.6 },
      { kind: 'emotion', emotion: 'serious', intensity: 0.4 },
    ]);
  }
});

test('what was said before a failure is given before it', async () => {
  async function* failing(): AsyncGenerator<string> {
    yield '[sad 0.4] 一句。两';
    throw new Error('cut');
  }
  const said: string[] = [];
  await assert.rejects(
    async () => {
      for await (const { text } of emotionalSentences(failing())) said.push(text);
    },
    { message: 'cut' },
  );
  assert.deepEqual(said, ['一句。']);
});

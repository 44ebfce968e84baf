import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpeechLang } from '../plan.ts';
import { normaliseText, suggestDefaultLang } from './normalise.ts';

/** `zh:… en:…`, one group a language change. */
function spoken(text: string, lang: SpeechLang): string {
  const groups: string[] = [];
  let last = '';
  for (const token of normaliseText(text, lang)) {
    if (token.lang !== last) groups.push(`${token.lang}:`);
    last = token.lang;
    groups[groups.length - 1] += token.spoken;
  }
  return groups.map((group) => group.trim()).join(' ');
}

function table(lang: SpeechLang, name: string, cases: Record<string, string>): void {
  test(name, () => {
    const heard = Object.fromEntries(Object.keys(cases).map((text) => [text, spoken(text, lang)]));
    const expected = Object.fromEntries(
      Object.entries(cases).map(([text, words]) => [text, /^(zh|en|yue):/.test(words) ? words : `${lang}:${words}`]),
    );
    assert.deepEqual(heard, expected);
  });
}

table('zh', 'Chinese reads counts, with 两 before measure words and 二 elsewhere', {
  '2个苹果': '两个苹果',
  第2个: '第二个',
  '2月2日': '二月二日',
  '2年': '两年',
  '2年级': '二年级',
  '12个': '十二个',
  '200元': '二百元',
  '2000元': '两千元',
  '20000': '两万',
  '222222': '二十二万二千二百二十二',
  '10001': '一万零一',
  '100010': '十万零一十',
  '1010': '一千零一十',
  '100000000': '一亿',
  '1,000,000,000,000': '一万亿',
  '1,234,567': '一百二十三万四千五百六十七',
  '300多人': '三百多人',
  '3.5万': '三点五万',
  '0.05': '零点零五',
  '１２３元': '一百二十三元',
  '007': '零零七',
});

table('zh', 'Chinese reads dates, years and times', {
  '2026年': '二零二六年',
  '2026-11-22': '二零二六年十一月二十二日',
  '2026/11/22': '二零二六年十一月二十二日',
  '11月22日': '十一月二十二日',
  '今天是11／22': '今天是十一月二十二日',
  '2024-2026年': '二零二四到二零二六年',
  '98年': '九八年',
  '20世纪90年代': '二十世纪九十年代',
  '12月1日-12月3日': '十二月一日到十二月三日',
  '2026-11': '二零二六年十一月',
  '95后': '九五后',
  约2000年: '约两千年',
  '300年前': '三百年前',
  '2026世界杯': '二零二六世界杯',
  '14:30': '十四点三十分',
  '14：30': '十四点三十分',
  '9:05': '九点零五分',
  '2:00': '两点',
  '13:00:05': '十三点零分零五秒',
  '9:00-18:00': '九点到十八点',
  '3.15晚会': '三一五晚会',
});

table('zh', 'Chinese reads money, shares, units and ranges', {
  '¥99.9': '九十九点九元',
  '￥９９．９': '九十九点九元',
  '¥1,299.00': '一千二百九十九元',
  '¥3万': '三万元',
  '¥99元': '九十九元',
  '¥100-200': '一百到二百元',
  $5: '五美元',
  '€5.50': '五点五欧元',
  '-¥5': '负五元',
  '9.90元': '九点九元',
  '¥99.9/月': '九十九点九元每月',
  '5元/斤': '五元每斤',
  '12.5%': '百分之十二点五',
  '100%': '百分之一百',
  '10~20%': '百分之十到二十',
  '10%-20%': '百分之十到百分之二十',
  '减少-5%': '减少负百分之五',
  '-5°C': '零下五摄氏度',
  '-5℃~3℃': '零下五到三摄氏度',
  '5kg': '五千克',
  '500ml': '五百毫升',
  '80km/h': '每小时八十公里',
  '60fps': '每秒六十帧',
  '2h30min': '两小时三十分钟',
  '3m²': '三平方米',
  '3-5天': '三到五天',
  '2-3个': '两到三个',
  '1/2': '二分之一',
  '1st': '第一',
});

table('zh', 'Chinese reads phone numbers digit by digit with 幺, and identifiers with 一', {
  '电话0373-8850893': '电话零三七三，八八五零八九三',
  '0373-8850893': '零三七三，八八五零八九三',
  拨打13812345678: '拨打幺三八幺二三四五六七八',
  '138-1234-5678': '幺三八，幺二三四，五六七八',
  '400-800-1234': '四零零，八零零，幺二三四',
  '(010) 12345678': '零幺零，幺二三四五六七八',
  '+86 138 1234 5678': '加八六，幺三八，幺二三四，五六七八',
  拨打110: '拨打幺幺零',
  '110元': '一百一十元',
  订单号123456: '订单号一二三四五六',
  '302房间': '三零二房间',
  '5-301室': '五杠三零一室',
});

table('zh', 'Chinese reads scores, versions and sums', {
  '比分3:2': '比分三比二',
  '以3-2战胜对手': '以三比二战胜对手',
  '16:9的屏幕': '十六比九的屏幕',
  '比分21:15': '比分二十一比十五',
  'v2.10.3': '版本二点十点三',
  '版本v2.10.3': '版本二点十点三',
  '192.168.1.1': '一九二点一六八点一点一',
  '1+1=2': '一加一等于二',
  '5-3=2': '五减三等于二',
  '1920×1080': '一千九百二十乘一千零八十',
});

table('zh', 'Latin words in Chinese are English, the numbers between stay Chinese', {
  AI和GPU: 'en:A.I zh:和 en:G.P.U',
  '用iPhone 15 Pro拍照': 'zh:用 en:iPhone zh:十五 en:Pro zh:拍照',
  MP3播放: 'en:M.P zh:三播放',
  '5G网络': 'zh:五 en:G zh:网络',
  'RTX 4090显卡': 'en:R.T.X zh:四零九零显卡',
  '16GB内存': 'zh:十六 en:G.B zh:内存',
  T恤: 'en:T zh:恤',
  用ChatGPT写: 'zh:用 en:Chat G.P.T zh:写',
  'PM2.5': 'en:P.M zh:二点五',
  C语言和C语言: 'en:C zh:语言和 en:C zh:语言',
  '邮箱 test.user@163.com': 'zh:邮箱 en:test dot user at one six three dot com',
  'Hello, I have 3 cats。我有3只猫': 'en:Hello, I have three cats. zh:我有三只猫',
  '好。2026 was great': 'zh:好。 en:twenty twenty-six was great',
});

table('zh', 'what is only seen is not heard', {
  '🎉太好了👍🏽！': '太好了！',
  '1️⃣第一👨‍👩‍👧': '第一',
  '“你好”': '你好',
  '你好~': '你好',
  '#话题': '话题',
  '你好\u0000\ud800世\u202e界': '你好世界',
});

table('en', 'English reads counts, years, dates and times', {
  '3 cats': 'three cats',
  '1,000,000': 'one million',
  '1015': 'one thousand fifteen',
  'in 2026': 'in twenty twenty-six',
  'in 1905': 'in nineteen oh five',
  'in 2000': 'in two thousand',
  '2000 people': 'two thousand people',
  '2019-2021': 'twenty nineteen to twenty twenty-one',
  '1990s': 'nineteen nineties',
  'the 90s': 'the nineties',
  '2026-11-22': 'November twenty-second, twenty twenty-six',
  '11/22/2026': 'November twenty-second, twenty twenty-six',
  'June 5, 2026': 'June fifth, twenty twenty-six',
  '14:30': 'fourteen thirty',
  '9:05 am': 'nine oh five A.M',
  '9:00': "nine o'clock",
  '21st century': 'twenty-first century',
  '007': 'zero zero seven',
});

table('en', 'English reads money, shares, units, ranges and fractions', {
  $5: 'five dollars',
  $1: 'one dollar',
  '$5.99': 'five dollars and ninety-nine cents',
  '$5.5': 'five dollars and fifty cents',
  '$1,299.00': 'one thousand two hundred ninety-nine dollars',
  '€0.50': 'fifty cents',
  '£1.01': 'one pound and one penny',
  '$1.5M': 'one point five million dollars',
  '$3 million': 'three million dollars',
  '¥99.9': 'ninety-nine point nine yuan',
  '10-20%': 'ten to twenty percent',
  '3-5 days': 'three to five days',
  '1 kg': 'one kilogram',
  '5km/h': 'five kilometers per hour',
  '16GB': 'sixteen gigabytes',
  '-5°C': 'minus five degrees Celsius',
  '1/2 cup': 'one half cup',
  '3/4': 'three quarters',
  'open 24/7': 'open twenty-four seven',
});

table('en', 'English reads phone numbers, versions, acronyms and addresses', {
  '(555) 123-4567': 'five five five, one two three, four five six seven',
  'v2.10.3': 'version two point ten point three',
  'AI and GPUs': "A.I and G.P.U's",
  'NASA HTML': 'NASA H.T.M.L',
  'I LOVE THIS SHOP': 'I love this shop',
  'RTX 4090': 'R.T.X forty ninety',
  'R&D': 'R and D',
  MP3: 'M.P three',
  'C++': 'C plus plus',
  'Mr. Smith': 'Mister Smith',
  'a@b.com': 'a at b dot com',
  'https://example.com/a-b': 'example dot com slash a dash b',
  '#1': 'number one',
  "don't": "don't",
  'the CTO, and gpt-4o': 'the C.T.O, and G.P.T four O',
  'A 4K HDR TV w/ HDMI 2.1': 'A four K H.D.R T.V with H.D.M.I two point one',
  'on Nov. 22, 2026 at 2:30 PM.': 'on November twenty-second, twenty twenty-six at two thirty P.M.',
  '3x faster': 'three times faster',
  'x²，y': 'x squared, y',
  '你好 is hello': 'zh:你好 en:is hello',
});

table('yue', 'Cantonese keeps its own 一 in phone numbers', {
  電話13812345678: '電話一三八一二三四五六七八',
  我有2個iPhone: 'yue:我有两個 en:iPhone',
});

test('a Chinese voice never gets Latin letters, an English one never Han', () => {
  const text =
    'AI时代3D打印USB-C，v2.0和5kg的iPhone 15在1080p的example.com上，¥5/kg、PM2.5、H2O，The 中文 mix Δ 100Mbps。';
  for (const base of ['zh', 'yue', 'en'] as const) {
    for (const token of normaliseText(text, base)) {
      assert.doesNotMatch(token.spoken, token.lang === 'en' ? /\p{Script=Han}/u : /\p{Script=Latin}/u, token.display);
      assert.doesNotMatch(token.spoken, /\d/);
    }
  }
});

test('the default language follows what most of the text is written in', () => {
  assert.equal(suggestDefaultLang(['[happy]大家好', '用 iPhone Pro']), 'zh');
  assert.equal(suggestDefaultLang(['Hello everyone', 'say 你好']), 'en');
  assert.equal(suggestDefaultLang(['[excited] 123']), 'zh');
});

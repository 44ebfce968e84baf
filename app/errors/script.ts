import type { ErrorCatalogue } from './index.ts';

export const scriptErrors = {
  'script.unknown-cue': {
    en: {
      message: 'Line {line}, column {column}: “{cue}” is not a cue.',
      hint: 'Cues are [happy], [500ms], [rate 1.2]…[/rate], [pitch …], [volume …], [em]…[/em], [say: …] and [#name]. For a bracket that is read as text, write \\[.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：“{cue}”不是可用的标记。',
      hint: '可用标记：[happy]、[500ms]、[rate 1.2]…[/rate]、[pitch …]、[volume …]、[em]…[/em]、[say: …]、[#名称]。若只是普通方括号，请写成 \\[。',
    },
  },
  'script.unknown-emotion': {
    en: {
      message: 'Line {line}, column {column}: “{emotion}” is not an emotion.',
      hint: '{suggestion}Use one of: {emotions}. For a bracket that is read as text, write \\[.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：没有“{emotion}”这种情绪。',
      hint: '{suggestionZh}请改用：{emotions}。若只是普通方括号，请写成 \\[。',
    },
  },
  'script.unclosed-bracket': {
    en: {
      message: 'Line {line}, column {column}: “{bracket}” is never closed.',
      hint: 'Add the closing bracket on the same line, or write \\{bracket} for a bracket that is read as text.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：“{bracket}”没有配对的右括号。',
      hint: '请在同一行补上右括号；若只是普通括号，请写成 \\{bracket}。',
    },
  },
  'script.unclosed-span': {
    en: {
      message: 'Line {line}, column {column}: [{cue}] is opened but never ended.',
      hint: 'Put [/{cue}] where it should end, on the same line and inside the same surrounding cues.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：[{cue}] 没有结束标记。',
      hint: '请在同一行、同一层标记内的结束处加上 [/{cue}]。',
    },
  },
  'script.unmatched-close': {
    en: {
      message: 'Line {line}, column {column}: [/{cue}] ends nothing that is open here.',
      hint: 'Remove it, or put [{cue} …] before it. Cues that overlap must end in the reverse order of their beginning.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：[/{cue}] 前面没有对应的开始标记。',
      hint: '请删除它，或在前面补上 [{cue} …]；嵌套的标记要先开始的后结束。',
    },
  },
  'script.nested-too-deep': {
    en: {
      message: 'Line {line}, column {column}: cues are nested more than {max} deep.',
      hint: 'End some of the open cues before starting another.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：标记嵌套超过 {max} 层。',
      hint: '请先结束一些已打开的标记，再开始新的标记。',
    },
  },
  'script.bad-number': {
    en: {
      message: 'Line {line}, column {column}: “{value}” in {cue} is not a number I can read.',
      hint: 'Write it like {example}. For a bracket that is read as text, write \\[.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：{cue} 里的“{value}”不是可识别的数值。',
      hint: '请写成类似 {example} 的形式；若只是普通方括号，请写成 \\[。',
    },
  },
  'script.out-of-range': {
    en: {
      message: 'Line {line}, column {column}: {value} in {cue} is out of range.',
      hint: 'Use a value from {min} to {max}.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：{cue} 里的 {value} 超出范围。',
      hint: '请填写 {min} 到 {max} 之间的值。',
    },
  },
  'script.bad-pinyin': {
    en: {
      message: 'Line {line}, column {column}: “{pinyin}” is not one pinyin syllable with its tone.',
      hint: 'Write one syllable with a tone mark or a digit 1–5, like {chóng} or {chong2}; the neutral tone is 5, like {de5}.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：“{pinyin}”不是一个带声调的拼音音节。',
      hint: '请写一个音节，用声调符号或数字 1–5 表示声调，例如 {chóng} 或 {chong2}；轻声用 5，例如 {de5}。',
    },
  },
  'script.pinyin-not-after-han': {
    en: {
      message: 'Line {line}, column {column}: a pronunciation in braces must stand right after one Chinese character.',
      hint: 'Write it like 重{chóng}. For other words use [say: ai fone]iPhone[/say]; for a brace that is read as text, write \\{.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：花括号注音必须紧跟在一个汉字后面。',
      hint: '请写成 重{chóng}；其他词请用 [say: 读法]原文[/say]；若只是普通花括号，请写成 \\{。',
    },
  },
  'script.cue-in-slot': {
    en: {
      message: 'Line {line}, column {column}: “{cue}” stands inside a variation slot.',
      hint: 'The alternatives of a slot are plain words. Put the cue before or after the slot, or escape the bracket with a backslash.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：“{cue}”写在了变体词槽里。',
      hint: '变体词槽里只能写普通文字。请把标记放到词槽的前面或后面；若只是普通括号，请在前面加反斜杠。',
    },
  },
  'script.empty-slot': {
    en: {
      message: 'Line {line}, column {column}: {slot} has no words in any of its alternatives.',
      hint: 'Write the alternatives between the bars, like 新品|爆款 in braces; one of them may be empty.',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：{slot} 里没有任何可选的词。',
      hint: '请在花括号里用竖线隔开可选的词，例如 新品|爆款；其中一个可以留空。',
    },
  },
  'script.bad-marker': {
    en: {
      message: 'Line {line}, column {column}: “{cue}” has no valid marker name.',
      hint: 'A marker is # and a name of letters, digits, - or _, then an optional argument: [#card apple].',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：“{cue}”缺少有效的标记点名称。',
      hint: '标记点由 # 加名称组成（文字、数字、- 或 _），名称后可带参数：[#card apple]。',
    },
  },
  'script.empty-say': {
    en: {
      message: 'Line {line}, column {column}: {cue} has nothing to say.',
      hint: 'Write the words after the colon. To show words without speaking them, wrap them: [say:]shown only[/say].',
    },
    'zh-CN': {
      message: '第 {line} 行第 {column} 列：{cue} 里没有要读的内容。',
      hint: '请在冒号后写上要读的内容；若想只显示不读，请写成 [say:]只显示[/say]。',
    },
  },
  'script.bad-dictionary-entry': {
    en: {
      message:
        'The pronunciation dictionary’s entry for “{written}” cannot be used: its pinyin is not one toned syllable for each Chinese character.',
      hint: 'Give one syllable with its tone for each character, like chóng qìng or chong2 qing4 for 重庆, or use the “say” field.',
    },
    'zh-CN': {
      message: '发音词典中“{written}”的条目无效：拼音必须与每个汉字一一对应并带声调。',
      hint: '请为每个汉字写一个带声调的音节，例如 重庆：chóng qìng 或 chong2 qing4；也可以改用“读作”。',
    },
  },
  'script.line-gone': {
    en: { message: 'This line is no longer in the script.', hint: 'It was removed meanwhile; choose another line.' },
    'zh-CN': { message: '文案中已经没有这一行。', hint: '它刚刚被删除，请选择其他行。' },
  },
  'script.bad-pattern': {
    en: {
      message: '“{pattern}” is not a regular expression ({reason}).',
      hint: 'Correct it, or turn regular expressions off to search for these characters themselves.',
    },
    'zh-CN': {
      message: '“{pattern}”不是有效的正则表达式（{reason}）。',
      hint: '请修改表达式，或关闭正则表达式以按原文查找。',
    },
  },
  'script.empty': {
    en: { message: 'There is no text to speak.', hint: 'Type at least one line of words, or give a recording.' },
    'zh-CN': { message: '没有可以朗读的文字。', hint: '请至少输入一行文字，或提供一段录音。' },
  },
  'script.nothing-to-say': {
    en: {
      message: 'The text has only punctuation, symbols or emoji: there are no words to speak.',
      hint: 'Add some words. To read a symbol aloud, write [say: its name].',
    },
    'zh-CN': {
      message: '文字里只有标点、符号或表情，没有可以朗读的内容。',
      hint: '请加上文字；若想读出某个符号，请写 [say: 它的读法]。',
    },
  },
  'script.no-language-model': {
    en: {
      message: 'There is no language model to write with.',
      hint: 'Enter a key under Settings → Providers, or add a server of your own there (Ollama, LM Studio, vLLM); offline only one on this computer counts.',
    },
    'zh-CN': {
      message: '没有可用于写作的大模型。',
      hint: '请在“设置 → 服务商”中填写密钥，或添加自己的模型服务（Ollama、LM Studio、vLLM）；离线模式下只能使用本机服务。',
    },
  },
} as const satisfies ErrorCatalogue;

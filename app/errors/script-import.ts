import type { ErrorCatalogue } from './index.ts';

/** Bringing in a script from a file. Those that say what was done on the way in are warnings, told beside the lines. */
export const scriptImportErrors = {
  'script.import-empty': {
    en: { message: '{fileName} has no text in it.', hint: 'Check that it is the right file and that it was saved.' },
    'zh-CN': { message: '{fileName} 中没有文字。', hint: '请确认文件无误，并且已经保存。' },
  },
  'script.import-too-large': {
    en: {
      message: '{fileName} is larger than {limitMb} MB.',
      hint: 'Check that it is a script; a very long one can be brought in as several files.',
    },
    'zh-CN': {
      message: '{fileName} 超过 {limitMb} MB。',
      hint: '请确认它是文案文件；特别长的文案可以拆成几个文件分别导入。',
    },
  },
  'script.import-unsupported': {
    en: {
      message: '{fileName} is not a kind of script that can be brought in.',
      hint: 'Use .txt, .md, .srt, .vtt, .docx or .csv. Save other documents as plain text or .docx first.',
    },
    'zh-CN': {
      message: '无法导入 {fileName} 这种文件。',
      hint: '支持 .txt、.md、.srt、.vtt、.docx、.csv；其他文档请先另存为纯文本或 .docx。',
    },
  },
  'script.import-not-text': {
    en: {
      message: '{fileName} is not a text file.',
      hint: 'Save it as plain text in UTF-8, or as .docx, and bring that in.',
    },
    'zh-CN': { message: '{fileName} 不是文本文件。', hint: '请另存为 UTF-8 纯文本或 .docx 后再导入。' },
  },
  'script.import-damaged': {
    en: {
      message: '{fileName} cannot be read as a {format} document: it is damaged, protected, or something else.',
      hint: 'Open it in its own program, remove any password, and save it again; or copy its text here.',
    },
    'zh-CN': {
      message: '无法将 {fileName} 读作 {format} 文档：文件已损坏、受保护，或不是该格式。',
      hint: '请用原来的软件打开，去掉密码后重新保存；也可以直接复制文字过来。',
    },
  },
  'script.import-old-word': {
    en: {
      message: '{fileName} is a document of an old version of Word, or protected by a password.',
      hint: 'Open it in Word or WPS, remove any password, and save it as .docx.',
    },
    'zh-CN': {
      message: '{fileName} 是旧版 Word 文档，或设有密码。',
      hint: '请用 Word 或 WPS 打开，去掉密码，另存为 .docx。',
    },
  },
  'script.import-brackets': {
    en: {
      message: 'In {count} lines (the first is line {line}) brackets that are no cues were kept as text.',
      hint: 'They are read aloud. Make cues of them, or remove them.',
    },
    'zh-CN': {
      message: '有 {count} 行（首处为第 {line} 行）的括号不是标记，已作为普通文字保留。',
      hint: '这些文字会被读出来；可改成标记，或将其删除。',
    },
  },
  'script.import-left-out': {
    en: {
      message: '{count} parts that are not to be spoken were left out: pictures, code, comments, notes on sounds.',
      hint: 'Look through the lines; type in what should be heard after all.',
    },
    'zh-CN': {
      message: '已略去 {count} 处不朗读的内容：图片、代码、注释、音效说明等。',
      hint: '请检查各行；若有需要朗读的内容，请手动补上。',
    },
  },
  'script.import-split': {
    en: {
      message: '{count} long paragraphs were cut into lines at the ends of their sentences.',
      hint: 'Merge or split lines as you like.',
    },
    'zh-CN': { message: '{count} 个较长的段落已按句子拆成多行。', hint: '可随意合并或拆分。' },
  },
  'script.import-cut': {
    en: {
      message: 'The file has more than {limit} lines; the rest was left out.',
      hint: 'Bring in the rest as a file and project of its own.',
    },
    'zh-CN': { message: '文件超过 {limit} 行，其余部分未导入。', hint: '请将其余部分另存为文件，导入到另一个项目。' },
  },
  'script.import-unknown-value': {
    en: {
      message:
        'In {count} rows (the first is row {line}) “{value}” in the column “{column}” is not known and was left out.',
      hint: 'Set it by hand in those lines.',
    },
    'zh-CN': {
      message: '有 {count} 行（首处为第 {line} 行）“{column}”列的“{value}”无法识别，已忽略。',
      hint: '请在这些行中手动设置。',
    },
  },
} as const satisfies ErrorCatalogue;

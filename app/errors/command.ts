import type { ErrorCatalogue } from './index.ts';

/**
 * What can be wrong with a command line, and with a run of it. Where a code has `suggestion`/`suggestionZh` they are either
 * empty or a whole sentence, "Did you mean …?", with a space after it in English.
 */
export const commandErrors = {
  'command.internal': {
    en: {
      message: 'Something in the studio itself went wrong: {detail}',
      hint: 'Try again. If it happens again, report it with the text above.',
    },
    'zh-CN': { message: '程序内部出错：{detail}', hint: '请重试；若再次出现，请附上以上文字反馈给我们。' },
  },
  'command.interrupted': {
    en: {
      message: 'Stopped before it was done.',
      hint: 'Nothing was left behind; run the command again to start over.',
    },
    'zh-CN': { message: '操作已中断。', hint: '没有留下残余文件；重新运行命令即可重新开始。' },
  },
  'command.unknown-verb': {
    en: {
      message: '“{verb}” is not one of the commands.',
      hint: '{suggestion}The commands are: {verbs}. `--help` explains them.',
    },
    'zh-CN': { message: '没有“{verb}”这个命令。', hint: '{suggestionZh}可用命令：{verbs}。详见 `--help`。' },
  },
  'command.no-verb': {
    en: { message: 'No command was given.', hint: 'The commands are: {verbs}. `--help` explains them.' },
    'zh-CN': { message: '没有给出命令。', hint: '可用命令：{verbs}。详见 `--help`。' },
  },
  'command.unknown-option': {
    en: {
      message: 'There is no option {option}.',
      hint: '{suggestion}`{verb} --help` lists every option.',
    },
    'zh-CN': { message: '没有 {option} 这个选项。', hint: '{suggestionZh}`{verb} --help` 会列出全部选项。' },
  },
  'command.missing-value': {
    en: { message: '{option} needs a value.', hint: 'Write it after the option. `{verb} --help` has examples.' },
    'zh-CN': { message: '{option} 缺少值。', hint: '请在选项后面写上值；`{verb} --help` 中有示例。' },
  },
  'command.missing-argument': {
    en: { message: '{argument} is missing.', hint: '`{verb} --help` has examples.' },
    'zh-CN': { message: '缺少 {argument}。', hint: '`{verb} --help` 中有示例。' },
  },
  'command.extra-argument': {
    en: {
      message: '“{argument}” is more than the command takes.',
      hint: 'Put text that holds spaces in quotation marks, and give files with an option such as --portrait.',
    },
    'zh-CN': {
      message: '“{argument}”是多余的参数。',
      hint: '含空格的文字请加引号；文件请用 --portrait 等选项给出。',
    },
  },
  'command.key-as-argument': {
    en: {
      message:
        'A key is never given as an argument: the shell’s history and other users of this machine would have it.',
      hint: 'Pipe it in (providers set key {name} < key.txt), or name the environment variable that holds it with --key-env. If this key is real, have it replaced by the vendor.',
    },
    'zh-CN': {
      message: '密钥不能写在参数里：命令历史和本机其他用户都会看到它。',
      hint: '请从管道输入（providers set key {name} < 密钥.txt），或用 --key-env 指定保存密钥的环境变量。如果这是真实密钥，请在控制台更换。',
    },
  },
  'command.key-empty': {
    en: { message: 'There is no key in {source}.', hint: 'It is one line of text; check the file or the variable.' },
    'zh-CN': { message: '{source} 中没有密钥。', hint: '密钥是一行文字，请检查文件或环境变量。' },
  },
  'command.unknown-provider': {
    en: { message: 'There is no provider called {provider}.', hint: '{suggestion}`providers` lists them all.' },
    'zh-CN': { message: '没有名为 {provider} 的服务商。', hint: '{suggestionZh}`providers` 会列出全部。' },
  },
  'command.wrong-usage': {
    en: { message: 'The command cannot be understood: {detail}', hint: '`{verb} --help` has examples.' },
    'zh-CN': { message: '无法理解该命令：{detail}', hint: '`{verb} --help` 中有示例。' },
  },
  'command.bad-value': {
    en: { message: '{option} cannot be “{value}”.', hint: '{suggestion}Use {allowed}.' },
    'zh-CN': { message: '{option} 的值不能是“{value}”。', hint: '{suggestionZh}请使用{allowedZh}。' },
  },
  'command.unknown-voice': {
    en: {
      message: 'There is no voice called {voice}.',
      hint: '{suggestion}`voices` lists every voice.',
    },
    'zh-CN': { message: '没有名为 {voice} 的声音。', hint: '{suggestionZh}`voices` 会列出全部声音。' },
  },
  'command.conflicting-options': {
    en: { message: '{option} and {other} cannot be given together.', hint: 'Leave one of them out.' },
    'zh-CN': { message: '{option} 和 {other} 不能同时使用。', hint: '请去掉其中一个。' },
  },
  'command.format-mismatch': {
    en: {
      message: '--format {format} does not fit the name {path}.',
      hint: 'Leave --format out to go by the name, or end the name in .{format}.',
    },
    'zh-CN': {
      message: '--format {format} 与文件名 {path} 不符。',
      hint: '可去掉 --format（按扩展名决定格式），或将扩展名改为 .{format}。',
    },
  },
  'command.same-file-twice': {
    en: {
      message: '{option} would write over {path}, which this command also uses.',
      hint: 'Choose another name for one of them.',
    },
    'zh-CN': { message: '{option} 会覆盖本命令用到的另一个文件 {path}。', hint: '请给其中一个换个名字。' },
  },
  'command.no-portrait': {
    en: {
      message: 'No portrait was given: whom should the video show?',
      hint: 'Add --portrait me.jpg for your own picture, or one of the sample avatars: {samples}.',
    },
    'zh-CN': {
      message: '没有指定人像。',
      hint: '请加上 --portrait me.jpg（自己的照片），或使用示例形象：{samples}。',
    },
  },
  'command.no-speech': {
    en: {
      message: 'There is nothing to say yet.',
      hint: 'Add --text "…", --script FILE, or --audio FILE with your own recording.',
    },
    'zh-CN': {
      message: '没有要说的内容。',
      hint: '请加上 --text "…"、--script 文件，或用 --audio 提供自己的录音。',
    },
  },
  'command.text-missing': {
    en: { message: 'There is no text file at {path}.', hint: 'Check the path and the file name.' },
    'zh-CN': { message: '找不到文本文件：{path}', hint: '请检查路径和文件名。' },
  },
  'command.text-unreadable': {
    en: {
      message: 'The text file {path} could not be read ({reason}).',
      hint: 'Check that it is a file and that you may read it.',
    },
    'zh-CN': { message: '无法读取文本文件 {path}（{reason}）。', hint: '请确认它是文件且您有读取权限。' },
  },
  'command.text-not-text': {
    en: {
      message: '{path} is not a text file.',
      hint: 'Give plain text, best saved as UTF-8. A document of a word processor must be saved as plain text first.',
    },
    'zh-CN': {
      message: '{path} 不是文本文件。',
      hint: '请提供纯文本（建议保存为 UTF-8）；Word 等文档请先另存为纯文本。',
    },
  },
  'command.text-too-large': {
    en: {
      message: 'The text {path} is larger than {limitMb} MB.',
      hint: 'Check that it is the right file, or split it into parts.',
    },
    'zh-CN': { message: '文本 {path} 超过 {limitMb} MB。', hint: '请确认文件无误，或拆分成几部分。' },
  },
  'command.consent-of-whom': {
    en: {
      message: '{option} does not say whose consent it is.',
      hint: 'Name the person in the picture too: --consent-person "…", or --consent-self "…" if it is you.',
    },
    'zh-CN': {
      message: '{option} 没有说明是谁的授权。',
      hint: '请同时写明图中的人：--consent-person "…"；若为本人，用 --consent-self "…"。',
    },
  },
  'command.consent-of-sample': {
    en: {
      message: '{option} was given, but a sample avatar shows nobody.',
      hint: 'Leave it out, or give a picture with --portrait.',
    },
    'zh-CN': { message: '示例形象不是真人，不需要 {option}。', hint: '请去掉该选项，或用 --portrait 指定图片。' },
  },
  'command.consent-unfit': {
    en: {
      message: '{path} is not a record of consent ({detail}).',
      hint: 'It must be JSON with person, scope and grantedOn (YYYY-MM-DD); docs/project-file.md shows one.',
    },
    'zh-CN': {
      message: '{path} 不是授权记录（{detail}）。',
      hint: '应为 JSON，含 person、scope 和 grantedOn（YYYY-MM-DD）；示例见 docs/project-file.md。',
    },
  },
  'command.ffmpeg-passed-over': {
    en: {
      message: 'The ffmpeg you named was not used: {path} ({reason}).',
      hint: 'Another one did the work. Correct --ffmpeg, or leave it out; `doctor` shows what is used.',
    },
    'zh-CN': {
      message: '未使用您指定的 ffmpeg：{path}（{reason}）。',
      hint: '已改用其他 ffmpeg。请更正 --ffmpeg 或去掉该选项；`doctor` 会显示所用的程序。',
    },
  },
  'command.machine-lacks': {
    en: {
      message: 'This machine is not ready: {what}',
      hint: 'Do what is said beside each point above, then run `doctor` again.',
    },
    'zh-CN': { message: '本机尚未就绪：{what}', hint: '请按上面各项的说明处理，然后再次运行 `doctor`。' },
  },
} as const satisfies ErrorCatalogue;

import type { ErrorCatalogue } from './index.ts';

/** Models as files: fetched, brought from elsewhere, checked, chosen. `{model}` is a name and version as a person knows it. */
export const modelFileErrors = {
  'model.unknown': {
    en: { message: 'There is no model “{model}”.', hint: '{suggestion}“models list” shows those that there are.' },
    'zh-CN': { message: '没有名为“{model}”的模型。', hint: '{suggestionZh}用 models list 查看可用的模型。' },
  },
  'model.not-here': {
    en: {
      message: '{model} is not installed.',
      hint: 'Download it under Models, or with “models get”; or import it from a folder or a bundle.',
    },
    'zh-CN': {
      message: '{model} 尚未安装。',
      hint: '请在“模型”页面下载，或运行 models get；也可从文件夹或离线包导入。',
    },
  },
  'model.offline': {
    en: {
      message: 'Offline mode: {model} is not downloaded.',
      hint: 'Leave offline mode under Settings → Providers, or import the model from a folder or an offline bundle.',
    },
    'zh-CN': {
      message: '当前为离线模式，不会下载 {model}。',
      hint: '请在“设置 → 服务商”中关闭离线模式，或从文件夹、离线包导入模型。',
    },
  },
  'model.licence-not-accepted': {
    en: {
      message: '{model} may not be used for commercial purposes (licence: {licence}).',
      hint: 'Read the licence ({url}). If your use is allowed, accept it: in the dialog, or with --accept-licence.',
    },
    'zh-CN': {
      message: '{model} 不可商用（许可证：{licence}）。',
      hint: '请先阅读许可证（{url}）；若用途符合，请在对话框中接受，或加上 --accept-licence。',
    },
  },
  'model.no-source': {
    en: {
      message: 'Nobody offers {model} for download: its files have to be brought.',
      hint: 'Import the folder that holds its files ({file} …).',
    },
    'zh-CN': { message: '{model} 没有下载来源，需要自行提供文件。', hint: '请导入包含其文件（{file} 等）的文件夹。' },
  },
  'model.no-space': {
    en: {
      message: '{model} needs {needMb} MB, and {freeMb} MB are free at {folder}. Nothing was downloaded.',
      hint: 'Make room, remove models that you do not use, or keep the data on another disk (--data).',
    },
    'zh-CN': {
      message: '{model} 需要 {needMb} MB，{folder} 所在磁盘仅剩 {freeMb} MB，未开始下载。',
      hint: '请清理磁盘、删除不用的模型，或把数据目录放到其他磁盘（--data）。',
    },
  },
  'model.source-failed': {
    en: {
      message: '{file} of {model} could not be downloaded from any source ({detail}).',
      hint: 'Check network and proxy, then try again: what has come is kept. Or import it from a folder or bundle.',
    },
    'zh-CN': {
      message: '无法从任何来源下载 {model} 的 {file}（{detail}）。',
      hint: '请检查网络与代理后重试，已下载的部分会保留；也可从文件夹或离线包导入。',
    },
  },
  'model.source-wrong-length': {
    en: {
      message: '{host} offers {file} with {found} bytes; it should have {expected}.',
      hint: 'The source holds another file, or something between changes it. Try another network, or import the model.',
    },
    'zh-CN': {
      message: '{host} 提供的 {file} 为 {found} 字节，应为 {expected} 字节。',
      hint: '来源文件不同，或传输途中被改动。请更换网络，或改用导入。',
    },
  },
  'model.source-web-page': {
    en: {
      message: '{host} answered with a web page instead of {file}.',
      hint: 'A network that wants you to log in does so: open any page in a browser first. Or the file is gone there.',
    },
    'zh-CN': {
      message: '{host} 返回的是网页，而不是 {file}。',
      hint: '当前网络可能需要登录认证，请先用浏览器打开任意网页；也可能该文件已被移除。',
    },
  },
  'model.source-redirects': {
    en: {
      message: '{host} keeps sending {file} somewhere else.',
      hint: 'The source is set up wrongly. Another one is tried by itself; otherwise import the model.',
    },
    'zh-CN': {
      message: '{host} 对 {file} 不断重定向。',
      hint: '该来源配置有误，系统会自动尝试其他来源；否则请导入模型。',
    },
  },
  'model.source-changed': {
    en: {
      message: '{host} changed {file} while it was being downloaded.',
      hint: 'Start again: it is downloaded anew from the beginning.',
    },
    'zh-CN': { message: '下载过程中，{host} 上的 {file} 发生了变化。', hint: '请重新开始，将从头下载。' },
  },
  'model.wrong-hash': {
    en: {
      message: '{file} of {model} is not the file it should be (SHA-256). It was set apart and is never used: {kept}',
      hint: 'Get it again from another source. If it happens again, the manifest or the source is not to be trusted.',
    },
    'zh-CN': {
      message: '{model} 的 {file} 与应有的文件不符（SHA-256），已隔离且不会使用：{kept}',
      hint: '请从其他来源重新获取；若再次出现，说明清单或来源不可信。',
    },
  },
  'model.file-truncated': {
    en: {
      message: '{file} is cut off: it should have at least {expectedMb} MB, and has {foundMb} MB.',
      hint: 'Copy or download it again; “models repair” fetches what is damaged.',
    },
    'zh-CN': {
      message: '{file} 不完整：至少应有 {expectedMb} MB，实际 {foundMb} MB。',
      hint: '请重新复制或下载；可用 models repair 修复损坏的文件。',
    },
  },
  'model.file-not-a-model': {
    en: {
      message: '{file} is no {format} file, or is damaged ({detail}).',
      hint: 'Get it again, or choose another model. “models verify” tells which files are damaged.',
    },
    'zh-CN': {
      message: '{file} 不是 {format} 文件，或已损坏（{detail}）。',
      hint: '请重新获取，或换一个模型；models verify 可检查哪些文件已损坏。',
    },
  },
  'model.wrong-architecture': {
    en: {
      message: '{file} holds a model of the kind “{found}”; “{expected}” is needed here.',
      hint: 'It is another model than its name says. Choose the right file.',
    },
    'zh-CN': {
      message: '{file} 的模型类型为“{found}”，此处需要“{expected}”。',
      hint: '该文件与名称不符，请选择正确的文件。',
    },
  },
  'model.too-new': {
    en: {
      message: '{file} is of a newer format ({found}) than this studio reads ({supported}).',
      hint: 'Update the studio, or choose an older version of the model.',
    },
    'zh-CN': {
      message: '{file} 的格式（{found}）比本软件支持的（{supported}）更新。',
      hint: '请升级软件，或选择较旧版本的模型。',
    },
  },
  'model.in-use': {
    en: {
      message: '{path} is held by another program.',
      hint: 'It was tried for a while. Close what uses it (or wait until a virus scanner is done), then try again.',
    },
    'zh-CN': {
      message: '{path} 正被其他程序占用。',
      hint: '已重试一段时间。请关闭占用它的程序（或等待杀毒软件扫描结束）后重试。',
    },
  },
  'model.fetched-elsewhere': {
    en: {
      message: 'Another window or program is working on {model} right now.',
      hint: 'Wait until it is done there.',
    },
    'zh-CN': { message: '另一个窗口或程序正在处理 {model}。', hint: '请等待其完成。' },
  },
  'model.nothing-to-import': {
    en: {
      message: 'There is no model in {path} that the studio knows, whole.{detail}',
      hint: 'Give a folder with the files of a model of “models list”, a GGUF file, or an offline bundle.',
    },
    'zh-CN': {
      message: '{path} 中没有本软件认识的完整模型。{detailZh}',
      hint: '请指定包含“models list”中某模型文件的文件夹、GGUF 文件或离线包。',
    },
  },
  'model.bundle-unreadable': {
    en: {
      message: '{fileName} is not a whole offline bundle of models: {detail}.',
      hint: 'Copy it again from where it came, or make it anew with “models bundle”.',
    },
    'zh-CN': {
      message: '{fileName} 不是完整的模型离线包：{detailZh}。',
      hint: '请从来源处重新复制，或用 models bundle 重新制作。',
    },
  },
  'model.manifest-invalid': {
    en: {
      message: 'Your own list of models {path} cannot be read: {detail}',
      hint: 'Correct the named place, or move the file away; the built-in models work meanwhile.',
    },
    'zh-CN': {
      message: '无法读取您自己的模型清单 {path}：{detail}',
      hint: '请修正上述位置，或移走该文件；内置模型不受影响。',
    },
  },
  'model.nothing-to-roll-back': {
    en: {
      message: 'No other model was used before for this ({task}).',
      hint: 'Choose a version with “models use <id>@<version>”.',
    },
    'zh-CN': { message: '此前没有为此用途（{task}）使用过其他模型。', hint: '请用 models use <id>@<版本> 选择版本。' },
  },
  'model.trial-failed': {
    en: {
      message: 'The trial of {model} was ended by itself: {detail}.',
      hint: '{standing} does the work again. Look at “models verify”, or try another version.',
    },
    'zh-CN': {
      message: '{model} 的试用已自动结束：{detailZh}。',
      hint: '已恢复使用 {standing}。可用 models verify 检查，或试用其他版本。',
    },
  },
} as const satisfies ErrorCatalogue;

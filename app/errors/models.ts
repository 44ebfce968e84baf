import type { ErrorCatalogue } from './index.ts';

/** Models on this machine: what runs them, and their work. */
export const modelErrors = {
  'model.not-installed': {
    en: {
      message: 'No local model is installed for this ({task}).',
      hint: 'Install one under Models, or with `shenghua models get <id>`.',
    },
    'zh-CN': {
      message: '尚未安装用于此功能的本地模型（{task}）。',
      hint: '请在“模型”页面安装，或运行 `shenghua models get <id>`。',
    },
  },
  'model.runtime-missing': {
    en: {
      message: 'What runs local models ({runtime}) cannot be started on this machine: {detail}',
      hint: 'Install the studio anew; if this machine’s system is older than the studio supports, use another engine.',
    },
    'zh-CN': {
      message: '本机无法启动本地模型的运行库（{runtime}）：{detail}',
      hint: '请重新安装本软件；若系统版本过旧，请改用其他引擎。',
    },
  },
  'model.too-large': {
    en: {
      message: '{model} wants {needMb} MB of memory; {freeMb} MB are free.',
      hint: 'Close other programs, or choose a smaller model under Models.',
    },
    'zh-CN': {
      message: '{model} 需要 {needMb} MB 内存，目前可用 {freeMb} MB。',
      hint: '请关闭其他程序，或在“模型”页面选择较小的模型。',
    },
  },
  'model.out-of-memory': {
    en: {
      message: 'Memory ran out while {model} was working.',
      hint: 'Close other programs, or choose a smaller model under Models.',
    },
    'zh-CN': { message: '{model} 运行时内存不足。', hint: '请关闭其他程序，或在“模型”页面选择较小的模型。' },
  },
  'model.not-readable': {
    en: {
      message: '{model} cannot be loaded: {detail}',
      hint: 'Check it under Models (`shenghua models verify`) and repair it; a model of a newer kind needs a newer studio.',
    },
    'zh-CN': {
      message: '无法加载 {model}：{detail}',
      hint: '请在“模型”页面校验并修复（`shenghua models verify`）；较新类型的模型需要新版本软件。',
    },
  },
  'model.busy': {
    en: {
      message: '{model} has {waiting} requests waiting and takes no more.',
      hint: 'Try again in a moment; a smaller model answers sooner.',
    },
    'zh-CN': {
      message: '{model} 已有 {waiting} 个请求在排队，暂不接受新请求。',
      hint: '请稍后重试；较小的模型响应更快。',
    },
  },
  'model.died': {
    en: {
      message: '{model} stopped unexpectedly ({detail}).',
      hint: 'It is started again by itself. If this recurs, check the model under Models, or choose a smaller one.',
    },
    'zh-CN': {
      message: '{model} 意外停止（{detail}）。',
      hint: '系统会自动重新启动；若反复出现，请在“模型”页面校验该模型，或选择较小的模型。',
    },
  },
  'model.keeps-dying': {
    en: {
      message: '{model} stopped {times} times in a row ({detail}).',
      hint: 'Check it under Models and repair it, or choose another; it is tried again in a while.',
    },
    'zh-CN': {
      message: '{model} 连续 {times} 次意外停止（{detail}）。',
      hint: '请在“模型”页面校验并修复，或选择其他模型；稍后会再次尝试。',
    },
  },
  'model.failed': {
    en: {
      message: '{model} could not do what was asked: {detail}',
      hint: 'Try again; if it recurs, check the model under Models, or choose another.',
    },
    'zh-CN': {
      message: '{model} 无法完成请求：{detail}',
      hint: '请重试；若反复出现，请在“模型”页面校验该模型，或选择其他模型。',
    },
  },
  'model.too-long': {
    en: {
      message: 'What was asked is longer than {model} can read at once ({limit} tokens).',
      hint: 'Shorten the text, or choose a model with a longer context under Models.',
    },
    'zh-CN': {
      message: '请求内容超过 {model} 一次可读取的长度（{limit} 个 token）。',
      hint: '请缩短文本，或在“模型”页面选择上下文更长的模型。',
    },
  },
} as const satisfies ErrorCatalogue;

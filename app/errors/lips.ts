import type { ErrorCatalogue } from './index.ts';

/** Networks that draw lips: files of other kinds, and what they draw. */
export const lipErrors = {
  'lips.model-not-wav2lip': {
    en: {
      message: '{model} is no Wav2Lip model: {found}.',
      hint: 'Wanted are two inputs, sound [n, 1, 80, 16] and picture [n, 6, S, S], and one output [n, 3, S, S], all of 32-bit floats.',
    },
    'zh-CN': {
      message: '{model} 不是 Wav2Lip 模型：{found}。',
      hint: '模型应有两个输入：声音 [n, 1, 80, 16] 与画面 [n, 6, S, S]，一个输出 [n, 3, S, S]，均为 32 位浮点。',
    },
  },
  'lips.model-ultralight': {
    en: {
      message: '{model} is an Ultralight-Digital-Human model, which this studio cannot run yet.',
      hint: 'Choose a Wav2Lip model, or leave the lips to the embedded renderer.',
    },
    'zh-CN': {
      message: '{model} 是 Ultralight-Digital-Human 模型，本软件暂不支持。',
      hint: '请选择 Wav2Lip 模型，或使用内置渲染器。',
    },
  },
  'lips.model-size-open': {
    en: {
      message: '{model} leaves the size of its picture open.',
      hint: 'Export it with height and width fixed to the size it was trained on, such as 96 or 256.',
    },
    'zh-CN': {
      message: '{model} 未固定画面尺寸。',
      hint: '导出时请把高和宽固定为训练时的尺寸，例如 96 或 256。',
    },
  },
  'lips.model-batch': {
    en: {
      message: '{model} always draws {batch} frames at once.',
      hint: 'Export it with a batch that is left open, or of 1 to 4.',
    },
    'zh-CN': {
      message: '{model} 每次固定绘制 {batch} 帧。',
      hint: '导出时请让批大小可变，或固定为 1 到 4。',
    },
  },
  'lips.model-unlike-face': {
    en: {
      message: 'What {model} draws is not the face it was given (off by {off} of 255 levels).',
      hint: 'Its weights may be untrained, damaged, or of a model that takes its pictures otherwise. Choose another file.',
    },
    'zh-CN': {
      message: '{model} 画出的不是所给的人脸（平均相差 {off}/255）。',
      hint: '权重可能未经训练、已损坏，或其输入方式不同。请选择其他文件。',
    },
  },
  'lips.without-network': {
    en: {
      message: 'Part of the talk was drawn with the embedded lips: {detail}',
      hint: 'The video is whole. Try a smaller model, or close other programs that use the graphics card.',
    },
    'zh-CN': {
      message: '部分画面改用内置口型绘制：{detail}',
      hint: '视频是完整的。可换用较小的模型，或关闭其他占用显卡的程序后重试。',
    },
  },
} satisfies ErrorCatalogue;

import type { ErrorCatalogue } from './index.ts';

export const bundleErrors = {
  'bundle.unreadable': {
    en: {
      message: '{fileName} is not a whole project bundle: {detail}.',
      hint: 'Copy or download it again from where it came; if that does not help, export it anew.',
    },
    'zh-CN': {
      message: '{fileName} 不是完整的项目包：{detailZh}。',
      hint: '请从来源处重新复制或下载；若仍无效，请重新导出。',
    },
  },
  'bundle.unsafe': {
    en: {
      message: '{fileName} was refused, and nothing of it was taken in: {detail}.',
      hint: 'No studio makes such a bundle. Do not use it; ask its sender for one exported by the studio.',
    },
    'zh-CN': {
      message: '已拒绝 {fileName}，未导入其中任何内容：{detailZh}。',
      hint: '本软件不会生成这样的项目包，请勿使用，并请发送者用本软件重新导出。',
    },
  },
  'bundle.too-large': {
    en: {
      message:
        '{fileName} was refused, and nothing of it was taken in: it holds {what} of {found}; at most {limit} are taken.',
      hint: 'Remove large pictures or recordings from the project, then export it again.',
    },
    'zh-CN': {
      message: '已拒绝 {fileName}，未导入其中任何内容：{whatZh}为 {found}，上限为 {limit}。',
      hint: '请从项目中移除较大的图片或录音，再重新导出。',
    },
  },
  'bundle.asset-missing': {
    en: {
      message: '{fileName} lacks a file of its project: {asset}.',
      hint: 'Export the bundle again where the project still opens with all of its pictures and recordings.',
    },
    'zh-CN': {
      message: '{fileName} 缺少项目所需的文件：{asset}。',
      hint: '请在图片和录音齐全的设备上重新导出项目包。',
    },
  },
  'bundle.asset-wrong': {
    en: {
      message: 'A file in {fileName} is not what the project means by it: {asset}.',
      hint: 'The bundle was damaged or changed on its way. Copy it again, or export it anew.',
    },
    'zh-CN': {
      message: '{fileName} 中的文件与项目不符：{asset}。',
      hint: '项目包在传输中损坏或被改动，请重新复制或重新导出。',
    },
  },
} as const satisfies ErrorCatalogue;

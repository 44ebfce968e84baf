import type { ErrorCatalogue } from './index.ts';

export const exportErrors = {
  'exports.job-not-found': {
    en: {
      message: 'There is no export "{id}" in the queue any more.',
      hint: 'Look at the queue again: it may be done or removed.',
    },
    'zh-CN': { message: '队列中已没有导出任务“{id}”。', hint: '请刷新队列：它可能已完成或被移除。' },
  },
  'exports.job-under-way': {
    en: { message: 'This export is still waiting or running.', hint: 'Cancel it first, or let it finish.' },
    'zh-CN': { message: '该导出任务仍在等待或进行中。', hint: '请先取消，或等待其完成。' },
  },
  'exports.job-done': {
    en: {
      message: 'This export is done already.',
      hint: 'Its file is in the library. To make it anew, export the project again.',
    },
    'zh-CN': { message: '该导出任务已经完成。', hint: '文件已在作品库中；如需重新生成，请再次导出项目。' },
  },
  'exports.studio-kept-ending': {
    en: {
      message: 'The studio ended {times} times in a row while it made this export.',
      hint: 'It may need more memory than there is: choose a smaller size or close other programs, then try it again.',
    },
    'zh-CN': {
      message: '生成此导出时，程序连续 {times} 次意外结束。',
      hint: '可能内存不足：请选择较小的尺寸或关闭其他程序，然后重试。',
    },
  },
  'exports.unknown-preset': {
    en: { message: 'There is no export preset "{preset}".', hint: 'Choose one of the list.' },
    'zh-CN': { message: '没有导出预设“{preset}”。', hint: '请从列表中选择。' },
  },
  'exports.folder-not-allowed': {
    en: {
      message: 'A folder cannot be chosen from here: {folder}.',
      hint: 'Export into the library and download the file from there. The desktop program can export into any folder.',
    },
    'zh-CN': {
      message: '此处无法指定文件夹：{folder}。',
      hint: '请导出到作品库后再下载；桌面版可导出到任意文件夹。',
    },
  },
  'exports.folder-not-absolute': {
    en: { message: '"{folder}" is not a whole path.', hint: 'Choose the folder again.' },
    'zh-CN': { message: '“{folder}”不是完整的路径。', hint: '请重新选择文件夹。' },
  },
  'exports.work-not-found': {
    en: {
      message: 'There is no work "{id}" in the library.',
      hint: 'It may have been removed. Look at the library again.',
    },
    'zh-CN': { message: '作品库中没有作品“{id}”。', hint: '它可能已被移除，请刷新作品库。' },
  },
  'exports.work-file-missing': {
    en: {
      message: 'The file of this work is not where it was: {path}.',
      hint: 'Put it back, or remove the entry and export the project again.',
    },
    'zh-CN': {
      message: '作品文件已不在原处：{path}。',
      hint: '请将文件放回原处，或移除该条目并重新导出项目。',
    },
  },
} as const satisfies ErrorCatalogue;

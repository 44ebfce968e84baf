import type { ui as english } from '../en/ui.ts';

export const ui: Record<keyof typeof english, string> = {
  close: '关闭',
  cancel: '取消',
  ok: '确定',
  retry: '重试',
  delete: '删除',
  rename: '重命名',
  undo: '撤销',
  search: '搜索',
  nothingFound: '没有找到',
  more: '更多',
  none: '无',
  reset: '重置',
  choose: '选择…',
  on: '开',
  off: '关',
  news: '通知',
  busy: '正在处理…',
};

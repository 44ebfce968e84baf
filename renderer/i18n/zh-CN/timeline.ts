import type { timeline as english } from '../en/timeline.ts';

export const timeline: Record<keyof typeof english, string> = {
  axis: '时间轴：滚轮移动，Ctrl 加滚轮缩放',
  zoomIn: '放大',
  zoomOut: '缩小',
  fit: '显示全部',
  lines: '字幕',
  emotion: '情绪',
  wave: '声音',
  words: '字词',
  phones: '音素',
  marker: '跳到标记点 {name}',
  playHead: '播放头',
  lineMood: '第 {number} 行：情绪强度',
  keyframe: '第 {number} 行，关键帧 {index}，位于 {at}',
  moodHint: '上下拖动调整强度，双击更换情绪，按 K 添加关键帧',
  keyframeHint: '拖动调整时间和强度，双击更换情绪，按 Delete 移除',
};

import type { ErrorCatalogue } from './index.ts';

export const stageErrors = {
  'stage.transparent-needs-alpha': {
    en: {
      message: 'A transparent background cannot be stored in {format}.',
      hint: 'Export to WebM or GIF, which carry transparency, or choose another background.',
    },
    'zh-CN': {
      message: '{format} 格式无法保存透明背景。',
      hint: '请导出为支持透明的 WebM 或 GIF，或改用其他背景。',
    },
  },
  'stage.bad-size': {
    en: {
      message: '"{size}" is not a stage size.',
      hint: 'Give a preset such as 720p, 1080p-portrait or 480p-square, a shape such as 9:16, or width x height in even pixels between 64 and 4096, such as 1280x720.',
    },
    'zh-CN': {
      message: '无法识别的画面尺寸：“{size}”。',
      hint: '请使用预设（如 720p、1080p-portrait、480p-square）、画幅比例（如 9:16），或“宽x高”的像素值（偶数，64～4096，如 1280x720）。',
    },
  },
  'stage.bad-picture': {
    en: {
      message: 'The picture "{name}" cannot be read: {detail}',
      hint: 'Choose a JPEG, PNG, WebP or AVIF picture that opens in an image viewer, or export it again from where it came.',
    },
    'zh-CN': {
      message: '无法读取图片“{name}”：{detail}',
      hint: '请换用能在看图软件中正常打开的 JPEG、PNG、WebP 或 AVIF 图片，或重新导出后再试。',
    },
  },
  'stage.renderer-stopped': {
    en: {
      message: 'Drawing the picture stopped unexpectedly: {detail}',
      hint: 'Close other programs or choose a smaller size such as 480p, then export again. If it happens again, report it with the text above.',
    },
    'zh-CN': {
      message: '画面绘制意外中断：{detail}',
      hint: '请关闭其他程序，或改用较小的画面尺寸（如 480p）后重新导出；若再次出现，请附上以上文字反馈给我们。',
    },
  },
  'stage.renderer-stalled': {
    en: {
      message: 'Drawing the picture has made no progress for {seconds} seconds.',
      hint: 'Close other programs or choose a smaller size such as 480p, then export again.',
    },
    'zh-CN': {
      message: '画面绘制已有 {seconds} 秒没有进展。',
      hint: '请关闭其他程序，或改用较小的画面尺寸（如 480p）后重新导出。',
    },
  },
  'stage.font-missing': {
    en: {
      message: 'The font that comes with the studio could not be loaded: {detail}',
      hint: 'Install the studio’s packages again with "npm ci".',
    },
    'zh-CN': {
      message: '无法加载自带的字体：{detail}',
      hint: '请运行 npm ci 重新安装依赖。',
    },
  },
  'stage.overlay-unknown': {
    en: {
      message: 'The marker {marker} names no overlay of this project. Its overlays: {known}',
      hint: 'Write the id of one of them, or add an overlay of that id in the live workspace. The show goes on without it.',
    },
    'zh-CN': {
      message: '标记 {marker} 没有对应的直播贴层。本项目的贴层：{known}',
      hint: '请改写为其中一个贴层的编号，或在直播工作区中添加该编号的贴层。直播会继续，只是不显示它。',
    },
  },
  'stage.scene-unknown': {
    en: {
      message: 'The marker {marker} names no scene of this project. Its scenes: {known}',
      hint: 'Write the id of one of them, or add a scene of that id in the live workspace. The show goes on in the scene that is on.',
    },
    'zh-CN': {
      message: '标记 {marker} 没有对应的场景。本项目的场景：{known}',
      hint: '请改写为其中一个场景的编号，或在直播工作区中添加该编号的场景。直播会继续，停留在当前场景。',
    },
  },
  'stage.overlay-picture-missing': {
    en: {
      message: 'The overlay "{overlay}" is shown without its picture "{name}": {detail}',
      hint: 'Choose the picture of this overlay again.',
    },
    'zh-CN': {
      message: '贴层“{overlay}”缺少图片“{name}”，已先不带图片显示：{detail}',
      hint: '请为该贴层重新选择图片。',
    },
  },
  'stage.overlay-not-drawn': {
    en: {
      message: 'The overlay "{overlay}" cannot be drawn: {detail}',
      hint: 'Make its text shorter or change its settings, then show it again. The show goes on without it.',
    },
    'zh-CN': {
      message: '无法绘制贴层“{overlay}”：{detail}',
      hint: '请缩短其文字或修改设置后重新显示。直播会继续，只是不显示它。',
    },
  },
  'stage.time-zone-unknown': {
    en: {
      message:
        'The clock "{overlay}" asks for a time zone that this system does not know: "{timeZone}". It shows this machine’s own time.',
      hint: 'Write an IANA name such as Asia/Shanghai or Europe/London.',
    },
    'zh-CN': {
      message: '时钟“{overlay}”使用了本系统无法识别的时区：“{timeZone}”，已按本机时间显示。',
      hint: '请填写 IANA 时区名，例如 Asia/Shanghai 或 Europe/London。',
    },
  },
} as const satisfies ErrorCatalogue;

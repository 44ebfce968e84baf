import type { ErrorCatalogue } from './index.ts';

export const mediaErrors = {
  'media.ffmpeg-not-found': {
    en: {
      message: 'No working ffmpeg was found. Tried: {tried}',
      hint: 'Run `npm ci` again so that the bundled ffmpeg is installed, or install ffmpeg (with libx264 and aac) and set SHENGHUA_FFMPEG to its full path.',
    },
    'zh-CN': {
      message: '没有找到可用的 ffmpeg。已尝试：{tried}',
      hint: '请重新运行 `npm ci` 安装自带的 ffmpeg；或自行安装 ffmpeg（需含 libx264 和 aac），并将 SHENGHUA_FFMPEG 设为其完整路径。',
    },
  },
  'media.encoder-missing': {
    en: {
      message: 'This ffmpeg ({path}) cannot write {format}: it has no {encoder} encoder.',
      hint: 'Choose another output format, or set SHENGHUA_FFMPEG to a fuller build of ffmpeg.',
    },
    'zh-CN': {
      message: '此 ffmpeg（{path}）无法输出 {format}：缺少 {encoder} 编码器。',
      hint: '请改用其他输出格式，或将 SHENGHUA_FFMPEG 指向功能更完整的 ffmpeg。',
    },
  },
  'media.encoder-not-started': {
    en: {
      message: 'ffmpeg could not be started ({path}): {detail}',
      hint: 'Check that the file exists and may be run, that no antivirus blocks it, and that memory is left. `shenghua doctor` shows what is used.',
    },
    'zh-CN': {
      message: '无法启动 ffmpeg（{path}）：{detail}',
      hint: '请检查文件是否存在且可执行、是否被杀毒软件拦截、内存是否充足。`shenghua doctor` 会显示所用的程序。',
    },
  },
  'media.encoder-killed': {
    en: {
      message: 'The encoder was stopped from outside ({signal}) before the file was complete.',
      hint: 'Try again. If it recurs, the system may be short of memory: close other programs or choose a smaller size.',
    },
    'zh-CN': {
      message: '文件尚未完成，编码器就被外部终止（{signal}）。',
      hint: '请重试。若反复出现，可能是系统内存不足：请关闭其他程序，或选择较小的尺寸。',
    },
  },
  'media.encoder-failed': {
    en: {
      message: 'The encoder failed: {detail}',
      hint: 'Try again; if it recurs, choose another preset or format, or another ffmpeg by SHENGHUA_FFMPEG.',
    },
    'zh-CN': {
      message: '编码失败：{detail}',
      hint: '请重试；若反复出现，请更换预设或格式，或用 SHENGHUA_FFMPEG 指定其他 ffmpeg。',
    },
  },
  'media.hardware-encoder-failed': {
    en: {
      message: 'The hardware encoder {encoder} failed: {detail}',
      hint: 'Try again: the software encoder will be used from now on. Updating the graphics driver may bring the hardware back.',
    },
    'zh-CN': {
      message: '硬件编码器 {encoder} 出错：{detail}',
      hint: '请重试，之后将改用软件编码。更新显卡驱动可能使硬件编码恢复可用。',
    },
  },
  'media.encoder-stalled': {
    en: {
      message: 'The encoder took nothing for {seconds} s and was stopped.',
      hint: 'Check that the disk of the output folder answers (network drives!), then try again, perhaps with a faster preset.',
    },
    'zh-CN': {
      message: '编码器 {seconds} 秒没有任何进展，已被停止。',
      hint: '请检查输出文件夹所在磁盘是否正常（尤其是网络盘），然后重试，或选择更快的预设。',
    },
  },
  'media.frames-lost': {
    en: {
      message: 'The encoder took {written} frames but wrote {encoded}; the file was thrown away.',
      hint: 'Try again with the software encoder, or with another ffmpeg by SHENGHUA_FFMPEG.',
    },
    'zh-CN': {
      message: '送入编码器 {written} 帧，却只写出 {encoded} 帧；文件已丢弃。',
      hint: '请改用软件编码器重试，或用 SHENGHUA_FFMPEG 指定其他 ffmpeg。',
    },
  },
  'media.nothing-to-encode': {
    en: {
      message: 'There is nothing to write: no frame and no sound was made.',
      hint: 'Give some text or a recording.',
    },
    'zh-CN': { message: '没有可写入的内容：没有任何画面或声音。', hint: '请提供文字或录音。' },
  },
  'media.disk-full': {
    en: {
      message: 'The disk is full: {path} needs at least {neededMb} MB, and {freeMb} MB are free.',
      hint: 'Free some space, or choose an output folder on another disk. Nothing was left behind.',
    },
    'zh-CN': {
      message: '磁盘空间不足：{path} 至少需要 {neededMb} MB，剩余 {freeMb} MB。',
      hint: '请清理空间，或将输出文件夹换到其他磁盘。没有留下残余文件。',
    },
  },
  'media.output-not-writable': {
    en: {
      message: 'Cannot write {path}: {detail}',
      hint: 'Choose a folder you may write to, or change its permissions.',
    },
    'zh-CN': { message: '无法写入 {path}：{detail}', hint: '请选择可写入的文件夹，或修改其权限。' },
  },
  'media.output-is-folder': {
    en: { message: '{path} is a folder, not a file.', hint: 'Add a file name, such as {path}/video.mp4.' },
    'zh-CN': { message: '{path} 是文件夹，不是文件。', hint: '请加上文件名，例如 {path}/video.mp4。' },
  },
  'media.output-not-a-file': {
    en: { message: '{path} exists and is not an ordinary file.', hint: 'Choose another file name.' },
    'zh-CN': { message: '{path} 已存在，但不是普通文件。', hint: '请换一个文件名。' },
  },
  'media.output-is-input': {
    en: {
      message: 'The output {path} is the same file as the input {input}.',
      hint: 'Choose another output name, so that the original is kept.',
    },
    'zh-CN': {
      message: '输出文件 {path} 与输入文件 {input} 是同一个文件。',
      hint: '请换一个输出文件名，以免覆盖原文件。',
    },
  },
  'media.output-busy': {
    en: {
      message: '{path} could not be replaced: {detail}. The finished file was kept as {kept}.',
      hint: 'Close the program that has the old file open, then rename the new one.',
    },
    'zh-CN': {
      message: '无法替换 {path}：{detail}。已完成的文件保存为 {kept}。',
      hint: '请关闭正在使用旧文件的程序，再将新文件改名。',
    },
  },
  'media.wav-too-long': {
    en: { message: 'A WAV file cannot hold more than 4 GB ({path}).', hint: 'Split the script into parts.' },
    'zh-CN': { message: 'WAV 文件不能超过 4 GB（{path}）。', hint: '请将脚本拆分为几部分。' },
  },
  'media.insert-unreadable': {
    en: {
      message: '"{name}" cannot be shown: {detail}',
      hint: 'Choose a picture (JPEG, PNG, WebP) or a video (MP4, MOV, WebM) that plays on this computer, or convert it to MP4 first.',
    },
    'zh-CN': {
      message: '无法显示“{name}”：{detail}',
      hint: '请换用能在本机正常打开的图片（JPEG、PNG、WebP）或视频（MP4、MOV、WebM），或先转换为 MP4。',
    },
  },
  'media.insert-broke-off': {
    en: {
      message: 'The video "{name}" broke off while it was shown: {detail}',
      hint: 'The show goes on with its last picture. Play the file to its end on this computer, and convert it to MP4 if it is damaged.',
    },
    'zh-CN': {
      message: '视频“{name}”播放中断：{detail}',
      hint: '直播会停留在最后一帧并继续。请在本机完整播放一遍该文件；若已损坏，请重新转换为 MP4。',
    },
  },
} as const satisfies ErrorCatalogue;

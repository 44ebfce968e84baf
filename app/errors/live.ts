import type { ErrorCatalogue } from './index.ts';

/** A show on air: who may have it, what of it fell, and what its alarms say. */
export const liveErrors = {
  'live.already-on-air': {
    en: {
      message: 'The project “{name}” is on air already ({owner}).',
      hint: 'Stop it there first. Another project can go on air beside it.',
    },
    'zh-CN': { message: '项目“{name}”已经在直播（{owner}）。', hint: '请先在那里停止。其他项目可以同时直播。' },
  },
  'live.no-destination': {
    en: {
      message: 'Nothing says where the stream goes.',
      hint: 'Add a destination with its server and key (--to rtmp://server/app/key, or --to-file with one a line), or only record (--record).',
    },
    'zh-CN': {
      message: '没有指定推流地址。',
      hint: '请添加推流目标及其服务器和密钥（--to rtmp://服务器/应用/密钥，或 --to-file 每行一个），或只录制（--record）。',
    },
  },
  'live.key-missing': {
    en: {
      message: 'The stream key of “{id}” is not known.',
      hint: 'Enter it in the studio, or give it in the environment as SHENGHUA_STREAM_KEY_{number}.',
    },
    'zh-CN': {
      message: '缺少“{id}”的推流密钥。',
      hint: '请在程序中填写，或用环境变量 SHENGHUA_STREAM_KEY_{number} 提供。',
    },
  },
  'live.server-missing': {
    en: {
      message: 'The destination “{name}” has no server address.',
      hint: 'Enter the address that the platform shows beside the stream key, or switch the destination off.',
    },
    'zh-CN': {
      message: '推流目标“{name}”没有填写服务器地址。',
      hint: '请填写平台在推流码旁显示的服务器地址，或停用该目标。',
    },
  },
  'live.webhook-missing': {
    en: { message: 'No web address for alarms is set.', hint: 'Enter the address first.' },
    'zh-CN': { message: '还没有设置接收警报的网址。', hint: '请先填写网址。' },
  },
  'live.webhook-failed': {
    en: {
      message: '{host} did not take the message ({detail}).',
      hint: 'Check the address, and that whatever answers there takes a POST of JSON.',
    },
    'zh-CN': {
      message: '{host} 没有接收消息（{detail}）。',
      hint: '请检查网址，并确认对方接受 JSON 的 POST 请求。',
    },
  },
  'live.not-ready': {
    en: {
      message: 'The show is not ready to go on air: {count} of the checks failed.',
      hint: 'Put right what is told above. --force goes on air in spite of warnings, not of failures.',
    },
    'zh-CN': {
      message: '还不能开播：{count} 项检查未通过。',
      hint: '请先解决上面列出的问题。--force 只能忽略警告，不能忽略未通过的检查。',
    },
  },
  'live.warnings-stand': {
    en: {
      message: 'The checks before going on air gave {count} warnings.',
      hint: 'Put right what is told above, or go on air in spite of it with --force.',
    },
    'zh-CN': { message: '开播检查有 {count} 条警告。', hint: '请处理上面列出的问题，或加 --force 仍然开播。' },
  },
  'live.nothing-to-resume': {
    en: {
      message: 'No show was on air that could go on.',
      hint: 'Begin one with --project or --portrait and --to.',
    },
    'zh-CN': { message: '没有可以继续的直播。', hint: '请用 --project 或 --portrait 加 --to 开播。' },
  },
  'live.session-fell': {
    en: { message: 'The session ended unexpectedly ({detail}).', hint: 'It is being started again by itself.' },
    'zh-CN': { message: '直播进程意外结束（{detail}）。', hint: '正在自动重新启动。' },
  },
  'live.hub-fell': {
    en: {
      message: 'The local stream server ended unexpectedly ({detail}).',
      hint: 'It is being started again by itself.',
    },
    'zh-CN': { message: '本机流媒体服务意外结束（{detail}）。', hint: '正在自动重新启动。' },
  },
  'live.publisher-fell': {
    en: { message: 'The publisher ended unexpectedly ({detail}).', hint: 'It is being started again by itself.' },
    'zh-CN': { message: '推流进程意外结束（{detail}）。', hint: '正在自动重新启动。' },
  },
  'live.cannot-start': {
    en: {
      message: 'The {part} ended {times} times before it was ready ({detail}).',
      hint: 'Run “doctor” and look at the log in {log}. Then go on air again.',
    },
    'zh-CN': {
      message: '{part} 在就绪前连续结束了 {times} 次（{detail}）。',
      hint: '请运行 doctor，并查看日志 {log}，然后重新开播。',
    },
  },
  'live.session-said': {
    en: { message: 'The session reported: {code}', hint: 'Look at the log of the show for more.' },
    'zh-CN': { message: '直播进程报告：{code}', hint: '详情见直播日志。' },
  },
  'live.not-on-air': {
    en: { message: 'This project is not on air.', hint: 'Go on air first.' },
    'zh-CN': { message: '该项目没有在直播。', hint: '请先开播。' },
  },
  'live.destination-down': {
    en: {
      message: 'The destination “{id}” has not been reached for {seconds} s.',
      hint: 'Check the network, the address and the key. It is being tried again by itself; “reconnect now” tries at once.',
    },
    'zh-CN': {
      message: '推流目标“{id}”已 {seconds} 秒未连上。',
      hint: '请检查网络、地址和密钥。程序会自动重连；也可点“立即重连”。',
    },
  },
  'live.frames-late': {
    en: {
      message: '{share} % of the frames came late over the last {seconds} s.',
      hint: 'The machine is too busy: close other programs, or choose a smaller size or a faster preset.',
    },
    'zh-CN': {
      message: '最近 {seconds} 秒有 {share}% 的帧迟到。',
      hint: '电脑负载过高：请关闭其他程序，或选择较小的画面或更快的编码预设。',
    },
  },
  'live.encoder-slow': {
    en: {
      message: 'The encoder runs at {speed} of the stream’s speed.',
      hint: 'Close other programs, or choose a smaller size or a faster preset.',
    },
    'zh-CN': {
      message: '编码速度只有直播所需的 {speed} 倍。',
      hint: '请关闭其他程序，或选择较小的画面或更快的编码预设。',
    },
  },
  'live.disk-nearly-full': {
    en: {
      message: 'Only {megabytes} MB are left where the recording is written.',
      hint: 'Make room. When the disk is full the recording stops; the stream goes on.',
    },
    'zh-CN': { message: '录制所在磁盘只剩 {megabytes} MB。', hint: '请清理空间。磁盘写满后录制会停止，直播继续。' },
  },
  'live.memory-grows': {
    en: {
      message: 'Memory has grown by {megabytesPerMinute} MB a minute, to {megabytes} MB.',
      hint: 'Restart the show when convenient, and report this with the log of the show.',
    },
    'zh-CN': {
      message: '内存以每分钟 {megabytesPerMinute} MB 增长，现为 {megabytes} MB。',
      hint: '请择机重新开播，并附上直播日志反馈此问题。',
    },
  },
  'live.not-speaking': {
    en: {
      message: 'The show is not running: {state} for {seconds} s.',
      hint: 'It is being brought back by itself; look at the last error.',
    },
    'zh-CN': { message: '直播未正常运行：{state} 已 {seconds} 秒。', hint: '正在自动恢复；请查看最近的错误。' },
  },
  'live.server-unreachable': {
    en: {
      message: 'The server of “{id}” cannot be reached now: {detail}',
      hint: 'Check the address and the network. Once on air it is tried again until it answers.',
    },
    'zh-CN': {
      message: '目前无法连接“{id}”的服务器：{detail}',
      hint: '请检查地址和网络。开播后会一直重试，直到连上。',
    },
  },
  'live.mark-off': {
    en: {
      message: 'The visible AI mark is off.',
      hint: 'Many platforms and laws ask for it. Switch it on in the stage’s settings (--ai-mark on).',
    },
    'zh-CN': { message: '未显示 AI 生成标识。', hint: '许多平台和法规要求显示，请在舞台设置中打开（--ai-mark on）。' },
  },
  'live.platform-limit': {
    en: { message: '{detail}', hint: 'Change size, frame rate or bitrate of the output to what the platform takes.' },
    'zh-CN': { message: '{detailZh}', hint: '请把输出的尺寸、帧率或码率调整到平台允许的范围。' },
  },
  'live.transparent': {
    en: {
      message: 'A stream has no transparent background.',
      hint: 'Choose a picture, a colour, blur or keep as the background.',
    },
    'zh-CN': { message: '直播不支持透明背景。', hint: '请改用图片、纯色、虚化或保留原背景。' },
  },
  'live.no-log': {
    en: {
      message: 'Frame {frame} is not in the log as late.',
      hint: 'The log knows the late frames of the last shows; the progress line and /metrics count them.',
    },
    'zh-CN': {
      message: '日志中没有第 {frame} 帧迟到的记录。',
      hint: '日志只记录最近几场直播中迟到的帧；进度行和 /metrics 有计数。',
    },
  },
  'live.little-disk': {
    en: {
      message: 'Only {megabytes} MB are free for the recording, enough for about {minutes} minutes.',
      hint: 'Make room, or record elsewhere.',
    },
    'zh-CN': {
      message: '录制磁盘只剩 {megabytes} MB，约够 {minutes} 分钟。',
      hint: '请清理空间，或换一个录制位置。',
    },
  },
  'live.health-port-taken': {
    en: { message: 'Port {port} for --health-port is in use.', hint: 'Choose another, or 0 for any free one.' },
    'zh-CN': { message: '--health-port 的端口 {port} 已被占用。', hint: '请换一个端口，或用 0 任选空闲端口。' },
  },
} satisfies ErrorCatalogue;

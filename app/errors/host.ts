import type { ErrorCatalogue } from './index.ts';

/** The host that serves the interface, and the process that works behind it. */
export const hostErrors = {
  'host.not-capable': {
    en: {
      message: 'This only works in the desktop app: {what}.',
      hint: 'In the browser, use download or upload instead.',
    },
    'zh-CN': { message: '此功能仅桌面版可用：{what}。', hint: '在浏览器中请改用下载或上传。' },
  },
  'host.request-invalid': {
    en: {
      message: 'The page sent something the studio does not understand: {detail}',
      hint: 'Reload the page; it may be older than the studio.',
    },
    'zh-CN': { message: '页面发送的内容无法识别：{detail}', hint: '请刷新页面；页面可能比程序旧。' },
  },
  'host.upload-too-large': {
    en: {
      message: 'The file is larger than {limitMb} MB.',
      hint: 'Choose a smaller one, or shorten or compress it first.',
    },
    'zh-CN': { message: '文件超过 {limitMb} MB。', hint: '请选择较小的文件，或先裁短、压缩。' },
  },
  'host.upload-broken-off': {
    en: { message: 'The upload broke off before the file was complete.', hint: 'Try again.' },
    'zh-CN': { message: '上传中断，文件不完整。', hint: '请重试。' },
  },
  'host.upload-empty': {
    en: { message: 'The file is empty.', hint: 'Check that it was saved or copied completely, or choose another.' },
    'zh-CN': { message: '文件是空的。', hint: '请确认文件已完整保存或复制，或另选一个文件。' },
  },
  'host.port-taken': {
    en: {
      message: 'Port {port} on {host} is in use.',
      hint: 'Give another with --port, or --port 0 for any free one. Another studio may be open already.',
    },
    'zh-CN': {
      message: '{host} 的端口 {port} 已被占用。',
      hint: '请用 --port 指定其他端口，或用 --port 0 任选空闲端口。也可能已打开了一个程序。',
    },
  },
  'host.address-not-usable': {
    en: {
      message: 'The studio cannot listen on {host}: {detail}',
      hint: 'Leave --host out, or give an address of this machine.',
    },
    'zh-CN': { message: '无法在 {host} 上监听：{detail}', hint: '请省略 --host，或填写本机的地址。' },
  },
  'host.interface-missing': {
    en: {
      message: 'The interface has not been built ({path} is missing).',
      hint: 'Run `npm run build:renderer`, or start with `npm start`, which builds it.',
    },
    'zh-CN': {
      message: '界面尚未构建（缺少 {path}）。',
      hint: '请运行 `npm run build:renderer`，或用 `npm start` 启动（会自动构建）。',
    },
  },
  'host.engine-crashed': {
    en: {
      message: 'The engine stopped unexpectedly and is being started again.',
      hint: 'Nothing typed is lost. What was running is taken up again; if this recurs, run `shenghua doctor`.',
    },
    'zh-CN': {
      message: '引擎意外停止，正在重新启动。',
      hint: '已输入的内容不会丢失，未完成的任务会继续；若反复出现，请运行 `shenghua doctor`。',
    },
  },
  'host.engine-keeps-crashing': {
    en: {
      message: 'The engine stopped {times} times in a row: {detail}',
      hint: 'Run `shenghua doctor` to see what is wrong, then start the studio again.',
    },
    'zh-CN': {
      message: '引擎连续 {times} 次意外停止：{detail}',
      hint: '请运行 `shenghua doctor` 查看原因，然后重新启动。',
    },
  },
} as const satisfies ErrorCatalogue;

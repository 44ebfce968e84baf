import type { ErrorCatalogue } from './index.ts';

/** Publishing: the hub, destinations, the recording of what goes out. `{host}` never holds a key. */
export const broadcastErrors = {
  'broadcast.url-invalid': {
    en: {
      message: 'This is not an address to publish to: {url}.',
      hint: 'Copy the whole server address from the platform again; it begins with rtmp:// or rtmps://.',
    },
    'zh-CN': {
      message: '推流地址无效：{url}。',
      hint: '请从平台重新复制完整的服务器地址，应以 rtmp:// 或 rtmps:// 开头。',
    },
  },
  'broadcast.key-missing': {
    en: {
      message: 'There is no stream key for {host}.',
      hint: "Copy the stream key from the platform's live page and paste it beside the server address.",
    },
    'zh-CN': {
      message: '{host} 缺少推流密钥。',
      hint: '请从平台的开播页面复制推流密钥（串流密钥），填写在服务器地址旁。',
    },
  },
  'broadcast.host-not-found': {
    en: {
      message: 'There is no server by the name {host}, or the network is down.',
      hint: 'Check the spelling of the server address, and that this machine is online. It is tried again by itself.',
    },
    'zh-CN': {
      message: '找不到服务器 {host}，或网络已断开。',
      hint: '请检查服务器地址的拼写以及本机网络；系统会自动重试。',
    },
  },
  'broadcast.connection-refused': {
    en: {
      message: 'The server {host} does not take connections on port {port}.',
      hint: 'It may be restarting: it is tried again by itself. If it goes on, check the address and the port.',
    },
    'zh-CN': {
      message: '服务器 {host} 拒绝了端口 {port} 的连接。',
      hint: '服务器可能正在重启，系统会自动重试；若持续出现，请检查地址与端口。',
    },
  },
  'broadcast.connection-timeout': {
    en: {
      message: 'The server {host} did not answer on port {port} within {seconds} s.',
      hint: 'Check the network and whether a firewall blocks this port. It is tried again by itself.',
    },
    'zh-CN': {
      message: '服务器 {host} 的端口 {port} 在 {seconds} 秒内没有响应。',
      hint: '请检查网络，以及防火墙是否拦截了该端口；系统会自动重试。',
    },
  },
  'broadcast.network-unreachable': {
    en: {
      message: 'There is no way to {host} through the network ({detail}).',
      hint: 'Check that this machine is online. It is tried again by itself.',
    },
    'zh-CN': { message: '网络无法到达 {host}（{detail}）。', hint: '请检查本机网络；系统会自动重试。' },
  },
  'broadcast.certificate-invalid': {
    en: {
      message: 'The certificate of {host} cannot be trusted ({detail}), so nothing was sent, not even the key.',
      hint: "Check the server address and this machine's date. If the server is your own, install its certificate on this machine.",
    },
    'zh-CN': {
      message: '{host} 的证书不可信（{detail}），因此未发送任何内容（包括密钥）。',
      hint: '请检查服务器地址和本机日期；若为自建服务器，请先在本机安装其证书。',
    },
  },
  'broadcast.not-rtmp': {
    en: {
      message: 'What answers at {host}, port {port}, does not speak RTMP.',
      hint: 'Check address and port: rtmp:// usually goes with port 1935, rtmps:// with 443.',
    },
    'zh-CN': {
      message: '{host} 端口 {port} 上的服务不是 RTMP 服务。',
      hint: '请检查地址与端口：rtmp:// 通常为 1935，rtmps:// 通常为 443。',
    },
  },
  'broadcast.server-silent': {
    en: {
      message: 'The server {host} took the connection but said nothing for {seconds} s.',
      hint: 'It is tried again by itself. If it goes on, choose another server of the platform.',
    },
    'zh-CN': {
      message: '服务器 {host} 接受了连接，但 {seconds} 秒内没有任何应答。',
      hint: '系统会自动重试；若持续出现，请更换平台的其他服务器。',
    },
  },
  'broadcast.address-refused': {
    en: {
      message: 'The server {host} does not know this address: {detail}',
      hint: 'Copy the server address from the platform again; the part after the host name counts too.',
    },
    'zh-CN': {
      message: '服务器 {host} 不接受此推流地址：{detail}',
      hint: '请从平台重新复制服务器地址，主机名之后的部分也必须一致。',
    },
  },
  'broadcast.key-refused': {
    en: {
      message: 'The server {host} refused the stream key ({detail}).',
      hint: "Open the platform's live page, start the broadcast there if it asks for it, and copy the key again: many platforms give a new one each time.",
    },
    'zh-CN': {
      message: '服务器 {host} 拒绝了推流密钥（{detail}）。',
      hint: '请打开平台的开播页面，如有需要先点击开播，再重新复制密钥：许多平台每次开播都会更换密钥。',
    },
  },
  'broadcast.push-url-expired': {
    en: {
      message: 'The push address for {host} is not valid any more ({detail}).',
      hint: "Get a new server address and key from the platform's live page and enter both. It is tried again once a minute until then.",
    },
    'zh-CN': {
      message: '{host} 的推流地址已过期（{detail}）。',
      hint: '请在平台的开播页面重新获取服务器地址和密钥并填写；在此之前系统每分钟重试一次。',
    },
  },
  'broadcast.stream-taken': {
    en: {
      message: 'The server {host} says that somebody is publishing with this key already ({detail}).',
      hint: 'End the other program that uses the key. After a broken connection the server needs a moment: it is tried again by itself.',
    },
    'zh-CN': {
      message: '服务器 {host} 表示已有人在使用此密钥推流（{detail}）。',
      hint: '请停止使用该密钥的其他程序；若刚刚断线，服务器需要片刻释放，系统会自动重试。',
    },
  },
  'broadcast.closed-by-server': {
    en: {
      message: 'The server {host} ended the connection.',
      hint: 'It is connected again by itself. If it recurs, look on the platform whether the broadcast was stopped there.',
    },
    'zh-CN': {
      message: '服务器 {host} 断开了连接。',
      hint: '系统会自动重连；若反复出现，请查看平台上的直播是否被结束。',
    },
  },
  'broadcast.connection-lost': {
    en: {
      message: 'The connection to {host} broke off ({detail}).',
      hint: 'It is connected again by itself. If it recurs, check the network: a cable is steadier than Wi-Fi.',
    },
    'zh-CN': {
      message: '与 {host} 的连接中断（{detail}）。',
      hint: '系统会自动重连；若反复出现，请检查网络，有线网络比无线更稳定。',
    },
  },
  'broadcast.send-timeout': {
    en: {
      message: 'The server {host} took nothing for {seconds} s.',
      hint: 'It is connected again by itself. If it recurs, lower the bitrate or choose another server of the platform.',
    },
    'zh-CN': {
      message: '服务器 {host} 连续 {seconds} 秒未接收任何数据。',
      hint: '系统会自动重连；若反复出现，请降低码率或更换平台的其他服务器。',
    },
  },
  'broadcast.server-error': {
    en: {
      message: 'The server {host} reported an error: {detail}',
      hint: 'It is tried again by itself. If it goes on, look at the live page of the platform.',
    },
    'zh-CN': {
      message: '服务器 {host} 报告错误：{detail}',
      hint: '系统会自动重试；若持续出现，请查看平台的直播页面。',
    },
  },
  'broadcast.hub-not-started': {
    en: {
      message: 'The local media server could not be started: {detail}',
      hint: 'Close other programs and try again; if it recurs, run `shenghua doctor`.',
    },
    'zh-CN': {
      message: '无法启动本机流媒体服务：{detail}',
      hint: '请关闭其他程序后重试；若反复出现，请运行 `shenghua doctor`。',
    },
  },
  'broadcast.publisher-not-started': {
    en: {
      message: 'The process that publishes could not be started: {detail}',
      hint: 'Close other programs and try again; if it recurs, run `shenghua doctor`.',
    },
    'zh-CN': {
      message: '无法启动推流进程：{detail}',
      hint: '请关闭其他程序后重试；若反复出现，请运行 `shenghua doctor`。',
    },
  },
  'broadcast.recording-disk-full': {
    en: {
      message: 'The disk is full, so the recording has paused; the stream goes on. Folder: {folder}',
      hint: 'Free some space: the recording goes on by itself as soon as there is room.',
    },
    'zh-CN': {
      message: '磁盘已满，录制已暂停，直播继续进行。文件夹：{folder}',
      hint: '请清理磁盘空间；空间足够后会自动恢复录制。',
    },
  },
  'broadcast.recording-not-writable': {
    en: {
      message: 'The recording cannot be written to {folder} ({detail}); the stream goes on.',
      hint: 'Choose a folder you may write to. It is tried again by itself.',
    },
    'zh-CN': {
      message: '无法将录制写入 {folder}（{detail}），直播继续进行。',
      hint: '请选择可写入的文件夹；系统会自动重试。',
    },
  },
  'broadcast.recording-too-slow': {
    en: {
      message: 'The disk of {folder} is too slow for the recording, so a part of it is missing; the stream goes on.',
      hint: 'Record to a local disk rather than to a network drive or a memory card.',
    },
    'zh-CN': {
      message: '{folder} 所在磁盘速度过慢，录制缺少一段，直播继续进行。',
      hint: '请录制到本机硬盘，避免使用网络盘或存储卡。',
    },
  },
  'broadcast.recording-not-remuxed': {
    en: {
      message: 'The recording {file} is kept as FLV: it could not be turned into MP4 ({detail}).',
      hint: 'It plays in most players as it is. It is tried again when the next recording starts.',
    },
    'zh-CN': {
      message: '录制文件 {file} 保留为 FLV 格式：转换为 MP4 失败（{detail}）。',
      hint: '该文件可直接用大多数播放器播放；下次开始录制时会再次尝试转换。',
    },
  },
} as const satisfies ErrorCatalogue;

import type { ErrorCatalogue } from './index.ts';

/** Services in the cloud. `{provider}` is a name as the person knows it; no text here ever holds a key. */
export const cloudErrors = {
  'cloud.key-missing': {
    en: {
      message: '{provider} has no key.',
      hint: 'Enter the key under Settings → Providers, or set DASHSCOPE_API_KEY, and press “Test”.',
    },
    'zh-CN': {
      message: '{provider} 尚未填写密钥。',
      hint: '请在“设置 → 服务商”中填写密钥，或设置环境变量 DASHSCOPE_API_KEY，然后点击“测试”。',
    },
  },
  'cloud.key-wrong': {
    en: {
      message: '{provider} does not accept this key.',
      hint: 'Copy the key again from the console, whole and without spaces, and press “Test”.',
    },
    'zh-CN': { message: '{provider} 不接受该密钥。', hint: '请从控制台重新完整复制密钥（不含空格），然后点击“测试”。' },
  },
  'cloud.key-other-region': {
    en: {
      message: 'This key of {provider} does not belong to the region {region}.',
      hint: 'A key is valid in one region only: choose the region in which it was made, or make a key in this one.',
    },
    'zh-CN': {
      message: '该 {provider} 密钥不属于地域 {region}。',
      hint: '密钥只在一个地域有效：请选择创建密钥时的地域，或在当前地域新建密钥。',
    },
  },
  'cloud.key-expired': {
    en: {
      message: 'The temporary key of {provider} has expired.',
      hint: 'A new one is made by itself from the lasting key; if this goes on, check this computer’s clock.',
    },
    'zh-CN': {
      message: '{provider} 的临时密钥已过期。',
      hint: '系统会用长期密钥自动换取新的临时密钥；若持续出现，请检查本机时间。',
    },
  },
  'cloud.clock-skew': {
    en: {
      message: '{provider} refuses requests because this computer’s clock is wrong.',
      hint: 'Let the system set the time by the network, then try again.',
    },
    'zh-CN': { message: '本机时间不准确，{provider} 拒绝了请求。', hint: '请让系统自动同步网络时间，然后重试。' },
  },
  'cloud.not-entitled': {
    en: {
      message: '{provider} does not let this account use {model}.',
      hint: 'Open the model for this account or workspace in the console, or choose another under Settings → Providers.',
    },
    'zh-CN': {
      message: '当前账号无权使用 {provider} 的 {model}。',
      hint: '请在控制台为该账号或业务空间开通此模型，或在“设置 → 服务商”中更换模型。',
    },
  },
  'cloud.model-gone': {
    en: {
      message: '{provider} has no model by the name {model}, or has retired it.',
      hint: 'Choose a model that exists today under Settings → Providers.',
    },
    'zh-CN': {
      message: '{provider} 没有名为 {model} 的模型，或该模型已下线。',
      hint: '请在“设置 → 服务商”中选择当前可用的模型。',
    },
  },
  'cloud.voice-mismatch': {
    en: {
      message: 'The voice {voice} does not belong to the model {model}.',
      hint: 'Choose a voice from the list of this model; a cloned voice speaks only with the model it was made for.',
    },
    'zh-CN': {
      message: '音色 {voice} 与模型 {model} 不匹配。',
      hint: '请选择该模型音色列表中的音色；复刻的音色只能用于创建时指定的模型。',
    },
  },
  'cloud.billing': {
    en: {
      message: '{provider} does not serve this account until a bill is paid ({code}).',
      hint: 'Settle the account or buy the service in the console. Until then local engines are used.',
    },
    'zh-CN': {
      message: '账号欠费或未开通，{provider} 停止服务（{code}）。',
      hint: '请在控制台充值或开通服务；在此之前使用本地引擎。',
    },
  },
  'cloud.rate-limited': {
    en: {
      message: '{provider} answers too many requests of this account just now.',
      hint: 'It is asked again in about a minute by itself; set a limit below the account’s under Settings → Providers.',
    },
    'zh-CN': {
      message: '{provider} 提示请求过于频繁（限流）。',
      hint: '约一分钟后会自动重试；可在“设置 → 服务商”中设置低于账号限额的速率。',
    },
  },
  'cloud.quota-used-up': {
    en: {
      message: 'The quota of this account at {provider} is used up.',
      hint: 'Wait a minute, or raise the quota in the console. Until then the next engine is used.',
    },
    'zh-CN': {
      message: '账号在 {provider} 的配额已用完。',
      hint: '请稍候一分钟，或在控制台提升配额；在此之前使用下一个引擎。',
    },
  },
  'cloud.unsafe-text': {
    en: {
      message: '{provider} found the text unsafe and does not process it.',
      hint: 'Reword the sentence. What was refused is in the log of providers.',
    },
    'zh-CN': { message: '{provider} 判定文本存在风险，已拒绝处理。', hint: '请修改这句话；被拒绝的内容见服务商日志。' },
  },
  'cloud.too-long': {
    en: {
      message: '{provider} takes at most {limit} {unit} at once.',
      hint: 'Shorten the text, or split the line in two.',
    },
    'zh-CN': { message: '{provider} 单次最多接受 {limit} {unit}。', hint: '请缩短文本，或将该行拆分为两行。' },
  },
  'cloud.bad-request': {
    en: {
      message: '{provider} does not understand the request: {detail}.',
      hint: 'Check model and settings under Settings → Providers; a newer version of the studio may know better.',
    },
    'zh-CN': {
      message: '{provider} 无法理解该请求：{detail}。',
      hint: '请检查“设置 → 服务商”中的模型与参数；新版本的软件可能已修复。',
    },
  },
  'cloud.unreachable': {
    en: {
      message: '{provider} cannot be reached ({detail}).',
      hint: 'Check the network and the proxy. It is tried again by itself.',
    },
    'zh-CN': { message: '无法连接 {provider}（{detail}）。', hint: '请检查网络与代理设置；系统会自动重试。' },
  },
  'cloud.host-not-found': {
    en: {
      message: 'There is no server by the name {host}, or the network is down.',
      hint: 'Check that this machine is online, and the address under Settings → Providers.',
    },
    'zh-CN': { message: '找不到服务器 {host}，或网络已断开。', hint: '请检查本机网络，以及“设置 → 服务商”中的地址。' },
  },
  'cloud.tls': {
    en: {
      message: 'The certificate of {host} cannot be trusted ({detail}).',
      hint: 'Something between here and there opens the connection (a company proxy, a wrong clock). Add its certificate with NODE_EXTRA_CA_CERTS, or use another network.',
    },
    'zh-CN': {
      message: '{host} 的证书不可信（{detail}）。',
      hint: '连接可能被中间设备（如公司代理）拦截，或本机时间有误。可用 NODE_EXTRA_CA_CERTS 添加其证书，或更换网络。',
    },
  },
  'cloud.captive-portal': {
    en: {
      message: 'A web page answered instead of {provider}: this network wants you to log in first.',
      hint: 'Open any page in a browser, log in to the network, then try again.',
    },
    'zh-CN': {
      message: '应答的是网页而不是 {provider}：当前网络需要先登录认证。',
      hint: '请在浏览器中打开任意网页完成网络登录，然后重试。',
    },
  },
  'cloud.timeout': {
    en: {
      message: '{provider} did not answer within {seconds} s.',
      hint: 'It is tried again, then the next engine is used. If it goes on, check the network.',
    },
    'zh-CN': {
      message: '{provider} 在 {seconds} 秒内没有应答。',
      hint: '系统会重试，然后使用下一个引擎；若持续出现，请检查网络。',
    },
  },
  'cloud.cut-off': {
    en: {
      message: '{provider} broke off in the middle of an answer.',
      hint: 'It is tried again, then the next engine goes on.',
    },
    'zh-CN': { message: '{provider} 的应答中途断开。', hint: '系统会重试，然后由下一个引擎继续。' },
  },
  'cloud.server-error': {
    en: {
      message: '{provider} has a fault of its own ({code}).',
      hint: 'It is tried again, then the next engine is used.',
    },
    'zh-CN': { message: '{provider} 服务端故障（{code}）。', hint: '系统会重试，然后使用下一个引擎。' },
  },
  'cloud.bad-answer': {
    en: {
      message: 'The answer of {provider} cannot be read: {detail}.',
      hint: 'It is tried again. If it goes on, the vendor changed its protocol: look for a newer version of the studio.',
    },
    'zh-CN': {
      message: '无法解析 {provider} 的应答：{detail}。',
      hint: '系统会重试；若持续出现，可能是服务商更改了协议，请更新软件。',
    },
  },
  'cloud.audio-rejected': {
    en: {
      message: '{provider} cannot use this recording ({code}).',
      hint: 'Take 10–20 s of clear speech of one person without music, as WAV, MP3 or M4A under 10 MB.',
    },
    'zh-CN': {
      message: '{provider} 无法使用该录音（{code}）。',
      hint: '请使用 10–20 秒、单人、无背景音乐的清晰录音，WAV、MP3 或 M4A 格式，小于 10 MB。',
    },
  },
  'cloud.consent-missing': {
    en: {
      message: 'A voice is cloned only with a record of consent of the person who speaks.',
      hint: 'Enter whose voice it is, for what and until when, and record the sentence of consent.',
    },
    'zh-CN': {
      message: '未登记声音本人的授权，不能复刻音色。',
      hint: '请填写声音归属人、用途与有效期，并录制授权语句。',
    },
  },
  'cloud.consent-expired': {
    en: { message: 'The consent of {person} ended on {date}.', hint: 'Ask for it anew and record it before going on.' },
    'zh-CN': { message: '{person} 的授权已于 {date} 到期。', hint: '请重新取得授权并登记后再继续。' },
  },
  'cloud.consent-withdrawn': {
    en: {
      message: '{person} has withdrawn the consent to this voice.',
      hint: 'Choose another voice, and delete this one under “Your voice”.',
    },
    'zh-CN': { message: '{person} 已撤回该声音的授权。', hint: '请换用其他声音，并在“我的声音”中删除该音色。' },
  },
  'cloud.consent-not-yet': {
    en: {
      message: 'The consent of {person} begins on {date}.',
      hint: 'Wait until that day, or correct the date in the record.',
    },
    'zh-CN': { message: '{person} 的授权自 {date} 起生效。', hint: '请等到该日期，或更正授权记录中的日期。' },
  },
  'cloud.task-failed': {
    en: {
      message: '{provider} could not make the film ({code}: {detail}).',
      hint: 'Start it again, or choose the embedded renderer, which makes the film on this machine.',
    },
    'zh-CN': {
      message: '{provider} 生成视频失败（{code}：{detail}）。',
      hint: '请重新提交，或改用在本机生成的内置渲染器。',
    },
  },
  'cloud.task-lost': {
    en: {
      message: '{provider} does not know the task any more: results are kept for 24 h.',
      hint: 'Submit it again.',
    },
    'zh-CN': { message: '{provider} 已不存在该任务：结果只保留 24 小时。', hint: '请重新提交。' },
  },
  'cloud.task-cancelled': {
    en: {
      message: 'The film was cancelled at {provider} before it was begun.',
      hint: 'Start the export again, or choose the embedded renderer, which makes it on this machine.',
    },
    'zh-CN': {
      message: '{provider} 的视频任务在开始前已被取消。',
      hint: '请重新导出，或改用在本机生成的内置渲染器。',
    },
  },
  'cloud.input-unfit': {
    en: {
      message: '{provider} takes no {input} of {found}: it takes {limit}.',
      hint: 'Choose another size of the picture under “Stage”, or the embedded renderer, which has no such limit.',
    },
    'zh-CN': {
      message: '{provider} 不接受 {found} 的{input}：要求 {limit}。',
      hint: '请在“舞台”中更换画面尺寸，或改用没有此限制的内置渲染器。',
    },
  },
  'cloud.face-refused': {
    en: {
      message: '{provider} finds nobody in this picture that it can let speak ({detail}).',
      hint: 'Choose a picture with one face, seen from the front and not too small on the stage, or the embedded renderer.',
    },
    'zh-CN': {
      message: '{provider} 在画面中找不到可驱动的人物（{detail}）。',
      hint: '请使用单人、正面、在画面中足够大的人像，或改用内置渲染器。',
    },
  },
  'cloud.film-opaque': {
    en: {
      message: 'The films of {provider} cannot be transparent.',
      hint: 'Choose another background, or the embedded renderer.',
    },
    'zh-CN': { message: '{provider} 的视频不支持透明背景。', hint: '请选择其他背景，或改用内置渲染器。' },
  },
  'cloud.film-unusable': {
    en: {
      message: 'The film of {provider} cannot be used: {detail}.',
      hint: 'Export it again; if it goes on, choose the embedded renderer.',
    },
    'zh-CN': {
      message: '{provider} 返回的视频无法使用：{detail}。',
      hint: '请重新导出；若持续出现，请改用内置渲染器。',
    },
  },
  'cloud.renderer-replaced': {
    en: {
      message: '{provider} could not make the picture, so the embedded renderer made it.',
      hint: 'Export again to ask it once more. In the mode “cloud only” an export stops instead.',
    },
    'zh-CN': {
      message: '{provider} 未能生成画面，已改用内置渲染器。',
      hint: '重新导出可再次尝试；在“仅云端”模式下，导出会停止而不替换。',
    },
  },
  'cloud.region-unsupported': {
    en: {
      message: '{provider} is not offered in the region {region}.',
      hint: 'Choose the region Beijing with a key made there, or another engine.',
    },
    'zh-CN': { message: '地域 {region} 不提供 {provider}。', hint: '请使用北京地域及其密钥，或选择其他引擎。' },
  },
  'cloud.budget-spent': {
    en: {
      message: 'Today’s budget of {yuan} yuan for cloud services is spent.',
      hint: 'Local engines go on until midnight; raise the budget under Settings → Providers to go on with the cloud.',
    },
    'zh-CN': {
      message: '今日云服务预算 {yuan} 元已用完。',
      hint: '午夜前使用本地引擎；可在“设置 → 服务商”中提高预算后继续使用云服务。',
    },
  },
  'cloud.offline': {
    en: {
      message: 'The studio is offline by choice; {provider} is not asked.',
      hint: 'Leave offline mode under Settings → Providers.',
    },
    'zh-CN': { message: '已启用离线模式，不会访问 {provider}。', hint: '可在“设置 → 服务商”中关闭离线模式。' },
  },
  'cloud.circuit-open': {
    en: {
      message: '{provider} failed several times and rests for {seconds} s.',
      hint: 'The next engine is used; a probe is sent by itself before it is used again.',
    },
    'zh-CN': {
      message: '{provider} 连续失败，暂停使用 {seconds} 秒。',
      hint: '期间使用下一个引擎；恢复前会自动探测。',
    },
  },
  'cloud.nobody-left': {
    en: {
      message: 'No engine could do this: {reasons}.',
      hint: 'Add a local engine to the chain under Settings → Providers, so that there is always one left.',
    },
    'zh-CN': {
      message: '没有可用的引擎：{reasons}。',
      hint: '请在“设置 → 服务商”的顺序中加入本地引擎，保证始终有备用。',
    },
  },
} satisfies ErrorCatalogue;

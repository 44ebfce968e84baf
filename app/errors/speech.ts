import type { ErrorCatalogue } from './index.ts';

/** The person's own recording. */
const recordingErrors = {
  'speech.recording-missing': {
    en: {
      message: 'There is no recording at {path}.',
      hint: 'Check the path, or choose the audio file again.',
    },
    'zh-CN': { message: '找不到录音文件：{path}。', hint: '请检查路径，或重新选择音频文件。' },
  },
  'speech.recording-unreadable': {
    en: {
      message: 'The recording {path} cannot be read: {reason}.',
      hint: 'Check that it is a file you are allowed to read, or copy it somewhere else and choose it again.',
    },
    'zh-CN': {
      message: '无法读取录音 {path}：{reason}。',
      hint: '请确认它是文件且您有读取权限，或复制到其他位置后重新选择。',
    },
  },
  'speech.recording-not-audio': {
    en: {
      message: '{path} is not an audio file that can be decoded: {reason}.',
      hint: 'Use WAV, MP3, M4A, OGG or FLAC. If the file plays elsewhere, convert it to WAV first.',
    },
    'zh-CN': {
      message: '{path} 不是可以解码的音频文件：{reason}。',
      hint: '请使用 WAV、MP3、M4A、OGG 或 FLAC；如果别的播放器能播放，请先转换为 WAV。',
    },
  },
  'speech.recording-no-audio': {
    en: {
      message: '{path} holds no sound track.',
      hint: 'Choose a file with sound: a picture or a silent video cannot drive a voice.',
    },
    'zh-CN': { message: '{path} 里没有音轨。', hint: '请选择带声音的文件：图片或无声视频不能驱动口型。' },
  },
  'speech.dictation-over': {
    en: {
      message: 'The dictation has ended, and this was not heard any more.',
      hint: 'Press the microphone again and go on.',
    },
    'zh-CN': { message: '听写已结束，后面的话没有被识别。', hint: '请再次点击麦克风继续。' },
  },
  'speech.recording-silent': {
    en: {
      message: 'Nothing can be heard in the recording.',
      hint: 'Check that the microphone was on and the right track was exported, then record again, louder.',
    },
    'zh-CN': {
      message: '录音里听不到任何声音。',
      hint: '请检查麦克风是否打开、导出的音轨是否正确，然后提高音量重新录制。',
    },
  },
  'speech.recording-too-short': {
    en: {
      message: 'The recording lasts only {milliseconds} ms.',
      hint: 'Use a recording of at least {minimumMs} ms that holds speech.',
    },
    'zh-CN': { message: '录音只有 {milliseconds} 毫秒。', hint: '请使用至少 {minimumMs} 毫秒、含有人声的录音。' },
  },
  'speech.recording-too-long': {
    en: {
      message: 'The recording lasts longer than {hours} hours.',
      hint: 'Cut it into parts of at most {hours} hours and make one video of each.',
    },
    'zh-CN': { message: '录音超过了 {hours} 小时。', hint: '请剪成不超过 {hours} 小时的几段，分别制作视频。' },
  },
  'speech.recording-longer-than-text': {
    en: {
      message:
        'The recording holds about {speechSeconds} s of speech ({recordingSeconds} s in all), far more than the text, which takes about {textSeconds} s to say.',
      hint: 'Give the whole text of the recording, cut the recording to it, or leave the text out: lips then follow the sound alone.',
    },
    'zh-CN': {
      message:
        '录音里约有 {speechSeconds} 秒人声（总长 {recordingSeconds} 秒），远长于文字（读完约需 {textSeconds} 秒）。',
      hint: '请提供录音的完整文字，或把录音剪到与文字一致；也可以不提供文字，口型将只跟随声音。',
    },
  },
  'speech.recording-shorter-than-text': {
    en: {
      message:
        'The text takes about {textSeconds} s to say, but the recording holds only about {speechSeconds} s of speech ({recordingSeconds} s in all).',
      hint: 'Check that the recording is complete, remove the text that is not said, or leave the text out: lips then follow the sound alone.',
    },
    'zh-CN': {
      message: '读完文字约需 {textSeconds} 秒，但录音里只有约 {speechSeconds} 秒人声（总长 {recordingSeconds} 秒）。',
      hint: '请确认录音完整，或删去没有读到的文字；也可以不提供文字，口型将只跟随声音。',
    },
  },
  'speech.recording-slower-than-text': {
    en: {
      message: 'The recording ({speechSeconds} s of speech) is much longer than its text suggests ({textSeconds} s).',
      hint: 'If words are missing from the text, add them: lips and subtitles may drift.',
    },
    'zh-CN': {
      message: '录音（人声 {speechSeconds} 秒）比文字（约 {textSeconds} 秒）长不少。',
      hint: '如果文字有遗漏，请补全，否则口型和字幕可能错位。',
    },
  },
  'speech.recording-faster-than-text': {
    en: {
      message: 'The recording ({speechSeconds} s of speech) is much shorter than its text suggests ({textSeconds} s).',
      hint: 'If the text says more than the recording, shorten it: lips and subtitles may drift.',
    },
    'zh-CN': {
      message: '录音（人声 {speechSeconds} 秒）比文字（约 {textSeconds} 秒）短不少。',
      hint: '如果文字多于录音内容，请删减，否则口型和字幕可能错位。',
    },
  },
  'speech.alignment-weak': {
    en: {
      message: 'The recording and the text fit each other poorly ({percent} %).',
      hint: 'Check that the text is what is said, in the right language, and that noise or music does not cover the voice.',
    },
    'zh-CN': {
      message: '录音与文字的吻合度较低（{percent}%）。',
      hint: '请检查文字与录音内容、语言是否一致，以及噪声或音乐是否盖过人声。',
    },
  },
} as const satisfies ErrorCatalogue;

/** The voices and the speech stage. */
const voiceErrors = {
  'speech.unknown-voice': {
    en: {
      message: 'There is no voice called {voice}.',
      hint: 'Run `npm run shenghua -- voices` to see every voice, then use one of their names, such as espeak:cmn+f3.',
    },
    'zh-CN': {
      message: '没有名为 {voice} 的声音。',
      hint: '运行 `npm run shenghua -- voices` 查看全部声音，再选用其中一个，例如 espeak:cmn+f3。',
    },
  },
  'speech.engine-stopped': {
    en: {
      message: 'The voice engine stopped while speaking: {detail}',
      hint: 'Try again; it starts afresh. If it happens with the same words every time, reword that line and report it.',
    },
    'zh-CN': {
      message: '语音引擎在朗读时停止了：{detail}',
      hint: '请重试，引擎会重新启动；如果同一句话每次都出错，请换一种写法并反馈给我们。',
    },
  },
  'speech.nothing-to-say': {
    en: {
      message: 'There is nothing to say: the script holds no words.',
      hint: 'Write at least one word or number; punctuation and emoji are not spoken.',
    },
    'zh-CN': {
      message: '没有可以朗读的内容：文案里没有文字。',
      hint: '请至少写一个字、词或数字；标点和表情符号不会被读出来。',
    },
  },
  'speech.cache-unwritable': {
    en: {
      message: 'The speech could not be written to {path}: {reason}.',
      hint: 'Free some disk space or choose a data folder you may write to, then try again.',
    },
    'zh-CN': { message: '无法把语音写入 {path}：{reason}。', hint: '请清理磁盘空间，或换一个可写的数据目录后重试。' },
  },
} as const satisfies ErrorCatalogue;

export const speechErrors = { ...recordingErrors, ...voiceErrors } as const satisfies ErrorCatalogue;

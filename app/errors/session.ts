import type { ErrorCatalogue } from './index.ts';

/** What a session on air meets and gets over by itself. */
export const sessionErrors = {
  'session.voice-silent': {
    en: {
      message: 'The voice gave no sound for {seconds} seconds.',
      hint: 'It is asked once more, then the sentence is left out; the show goes on. Choose another voice if it happens again.',
    },
    'zh-CN': {
      message: '音色在 {seconds} 秒内没有出声。',
      hint: '会再试一次，仍不行就跳过这句，直播继续。若反复出现，请换一个音色。',
    },
  },
  'session.sentence-skipped': {
    en: {
      message: 'This was left out: “{text}”',
      hint: 'The voice failed twice. The show goes on with what comes next.',
    },
    'zh-CN': { message: '已跳过：“{text}”', hint: '音色连续失败两次，直播从下一句继续。' },
  },
  'session.answer-unfinished': {
    en: {
      message: 'The answer to “{text}” stopped coming and was left as it was.',
      hint: 'The language model went silent in the middle. The show goes on; ask again if it matters.',
    },
    'zh-CN': {
      message: '“{text}”的回答中途中断，只播出了一部分。',
      hint: '语言模型中途没有输出，直播已继续；如有需要请重新提问。',
    },
  },
  'session.encoder-stopped': {
    en: {
      message: 'The encoder ended ({detail}) and was started again.',
      hint: 'Viewers saw a short freeze. If it happens again, choose the software encoder or a lower bit rate.',
    },
    'zh-CN': {
      message: '编码器中断（{detail}），已重新启动。',
      hint: '观众会看到短暂停顿。若反复出现，请改用软件编码或降低码率。',
    },
  },
  'session.stood-still': {
    en: {
      message: 'The studio stood still for {seconds} seconds and went on where it was.',
      hint: 'The computer slept or was overloaded. Keep it awake and plugged in while on air.',
    },
    'zh-CN': {
      message: '程序停滞了 {seconds} 秒，现已从原处继续。',
      hint: '电脑可能休眠或负载过高。直播时请保持唤醒并接通电源。',
    },
  },
  'session.unknown-place': {
    en: {
      message: 'The show has no segment “{id}”.',
      hint: 'It goes on as it was. Choose a segment of the run-of-show.',
    },
    'zh-CN': { message: '流程中没有环节“{id}”。', hint: '直播保持不变。请选择流程里已有的环节。' },
  },
  'session.sound-unreadable': {
    en: {
      message: 'The sound file “{name}” cannot be played.',
      hint: 'Choose an audio file that opens in a player; the show goes on without it.',
    },
    'zh-CN': { message: '音频文件“{name}”无法播放。', hint: '请换用能正常播放的音频文件；直播继续，暂不播放它。' },
  },
} as const satisfies ErrorCatalogue;

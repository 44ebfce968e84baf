/** Sambert's voices: each is a model of its own. https://help.aliyun.com/zh/model-studio/sambert-speech-synthesis */
import type { ListedVoice } from '../cloud/listed.ts';

export interface SambertVoice extends ListedVoice {
  rate: 48_000 | 16_000;
  /** Tells when each word and sound is said. */
  timed: boolean;
}

const MANDARIN = ['cmn', 'en'];
const chinese = (rate: SambertVoice['rate'], id: string, zh: string, gender: ListedVoice['gender']): SambertVoice => ({
  id,
  zh,
  en: id.charAt(0).toUpperCase() + id.slice(1),
  gender,
  languages: MANDARIN,
  rate,
  timed: true,
});
const other = (id: string, languages: string[], gender: ListedVoice['gender'], timed = true): SambertVoice => ({
  id,
  zh: '',
  en: id.charAt(0).toUpperCase() + id.slice(1),
  gender,
  languages,
  rate: 16_000,
  timed,
});

export const SAMBERT_VOICES: readonly SambertVoice[] = [
  chinese(48_000, 'zhichu', '知厨', 'male'),
  chinese(48_000, 'zhinan', '知楠', 'male'),
  chinese(48_000, 'zhiqi', '知琪', 'female'),
  chinese(48_000, 'zhide', '知德', 'male'),
  chinese(48_000, 'zhijia', '知佳', 'female'),
  chinese(48_000, 'zhiru', '知茹', 'female'),
  chinese(48_000, 'zhiqian', '知倩', 'female'),
  chinese(48_000, 'zhixiang', '知祥', 'male'),
  chinese(48_000, 'zhiwei', '知薇', 'female'),
  chinese(16_000, 'zhihao', '知浩', 'male'),
  chinese(16_000, 'zhijing', '知婧', 'female'),
  chinese(16_000, 'zhiming', '知茗', 'male'),
  chinese(16_000, 'zhimo', '知墨', 'male'),
  chinese(16_000, 'zhina', '知娜', 'female'),
  chinese(16_000, 'zhishu', '知树', 'male'),
  chinese(16_000, 'zhistella', '知莎', 'female'),
  chinese(16_000, 'zhiting', '知婷', 'female'),
  chinese(16_000, 'zhixiao', '知笑', 'female'),
  chinese(16_000, 'zhiya', '知雅', 'female'),
  chinese(16_000, 'zhiye', '知晔', 'male'),
  chinese(16_000, 'zhiying', '知颖', 'female'),
  chinese(16_000, 'zhiyuan', '知媛', 'female'),
  chinese(16_000, 'zhiyue', '知悦', 'female'),
  chinese(16_000, 'zhigui', '知柜', 'female'),
  chinese(16_000, 'zhishuo', '知硕', 'male'),
  chinese(16_000, 'zhimiao-emo', '知妙（多情感）', 'female'),
  chinese(16_000, 'zhimao', '知猫', 'female'),
  chinese(16_000, 'zhilun', '知伦', 'male'),
  chinese(16_000, 'zhifei', '知飞', 'male'),
  chinese(16_000, 'zhida', '知达', 'male'),
  other('beth', ['en-us'], 'female'),
  other('betty', ['en-us'], 'female'),
  other('cally', ['en-us'], 'female'),
  other('cindy', ['en-us'], 'female'),
  other('eva', ['en-us'], 'female'),
  other('donna', ['en-us'], 'female'),
  other('brian', ['en-us'], 'male'),
  other('camila', ['es'], 'female', false),
  other('perla', ['it'], 'female', false),
  other('indah', ['id'], 'female', false),
  other('clara', ['fr-fr'], 'female', false),
  other('hanna', ['de'], 'female', false),
  other('waan', ['th'], 'female', false),
];

export const sambertVoiceNamed = (id: string): SambertVoice =>
  SAMBERT_VOICES.find((voice) => voice.id === id) ?? other(id, MANDARIN, 'neutral');

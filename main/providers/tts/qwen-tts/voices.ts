/** Qwen-TTS's voices. https://help.aliyun.com/zh/model-studio/qwen-tts */
import type { ListedVoice } from '../cloud/listed.ts';

const ALL = ['cmn', 'en', 'yue', 'fr', 'de', 'ru', 'it', 'es', 'pt', 'ja', 'ko'];
const CANTONESE = ['yue', 'cmn', 'en'];
const voice = (id: string, zh: string, gender: ListedVoice['gender'], en = id, languages = ALL): ListedVoice => ({
  id,
  zh,
  en,
  gender,
  languages,
});

export const QWEN_VOICES: readonly ListedVoice[] = [
  voice('Cherry', '芊悦', 'female'),
  voice('Serena', '苏瑶', 'female'),
  voice('Ethan', '晨煦', 'male'),
  voice('Chelsie', '千雪', 'female'),
  voice('Momo', '茉兔', 'female'),
  voice('Vivian', '十三', 'female'),
  voice('Moon', '月白', 'male'),
  voice('Maia', '四月', 'female'),
  voice('Kai', '凯', 'male'),
  voice('Nofish', '不吃鱼', 'male'),
  voice('Bella', '萌宝', 'female'),
  voice('Jennifer', '詹妮弗', 'female'),
  voice('Ryan', '甜茶', 'male'),
  voice('Katerina', '卡捷琳娜', 'female'),
  voice('Aiden', '艾登', 'male'),
  voice('Mia', '乖小妹', 'female'),
  voice('Mochi', '沙小弥', 'male'),
  voice('Bellona', '燕铮莺', 'female'),
  voice('Vincent', '田叔', 'male'),
  voice('Bunny', '萌小姬', 'female'),
  voice('Neil', '阿闻', 'male'),
  voice('Elias', '墨讲师', 'female'),
  voice('Arthur', '徐大爷', 'male'),
  voice('Nini', '邻家妹妹', 'female'),
  voice('Ebona', '诡婆婆', 'female'),
  voice('Seren', '小婉', 'female'),
  voice('Pip', '顽屁小孩', 'male'),
  voice('Stella', '少女阿月', 'female'),
  voice('Jada', '上海-阿珍', 'female', 'Jada (Shanghai)'),
  voice('Dylan', '北京-晓东', 'male', 'Dylan (Beijing)'),
  voice('Li', '南京-老李', 'male', 'Li (Nanjing)'),
  voice('Marcus', '陕西-秦川', 'male', 'Marcus (Shaanxi)'),
  voice('Roy', '闽南-阿杰', 'male', 'Roy (Hokkien)'),
  voice('Peter', '天津-李彼得', 'male', 'Peter (Tianjin)'),
  voice('Sunny', '四川-晴儿', 'female', 'Sunny (Sichuan)'),
  voice('Eric', '四川-程川', 'male', 'Eric (Sichuan)'),
  voice('Rocky', '粤语-阿强', 'male', 'Rocky (Cantonese)', CANTONESE),
  voice('Kiki', '粤语-阿清', 'female', 'Kiki (Cantonese)', CANTONESE),
];

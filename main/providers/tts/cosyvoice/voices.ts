/**
 * CosyVoice's own voices. https://help.aliyun.com/zh/model-studio/cosyvoice-voice-list
 * Cloned voices are not listed: their ids begin with the name of the model they were made for.
 */
import type { ListedVoice } from '../cloud/listed.ts';

export interface CosyVoice extends ListedVoice {
  /** Models it belongs to, the best first. */
  models: string[];
  /** Takes `你说话的情感是<值>。` */
  acts: boolean;
  /** Tells when each word is said. */
  timed: boolean;
  /** Takes SSML. */
  ssml: boolean;
}

const V3 = ['cosyvoice-v3-flash'];
const V2 = ['cosyvoice-v2'];
const V1 = ['cosyvoice-v1'];
const MANDARIN = ['cmn', 'en'];

const voice = (
  id: string,
  zh: string,
  en: string,
  gender: ListedVoice['gender'],
  models: string[],
  more: Partial<Pick<CosyVoice, 'languages' | 'acts' | 'timed' | 'ssml'>> = {},
): CosyVoice => ({
  id,
  zh,
  en,
  gender,
  models,
  languages: MANDARIN,
  acts: false,
  timed: true,
  ssml: true,
  ...more,
});

const foreign = { languages: ['en'], timed: false, ssml: false };
const untimed = { timed: false, ssml: false };

export const COSY_VOICES: readonly CosyVoice[] = [
  voice('longanyang', '龙安洋', 'Long Anyang', 'male', ['cosyvoice-v3-flash', 'cosyvoice-v3-plus'], { acts: true }),
  voice('longanhuan', '龙安欢', 'Long Anhuan', 'female', ['cosyvoice-v3-flash', 'cosyvoice-v3-plus'], { acts: true }),
  voice('longhuhu_v3', '龙呼呼', 'Long Huhu', 'female', V3, { acts: true }),
  voice('longxiaochun_v3', '龙小淳', 'Long Xiaochun', 'female', V3),
  voice('longxiaoxia_v3', '龙小夏', 'Long Xiaoxia', 'female', V3),
  voice('longyumi_v3', 'YUMI', 'Long Yumi', 'female', V3),
  voice('longanyun_v3', '龙安昀', 'Long Anyun', 'male', V3),
  voice('longanwen_v3', '龙安温', 'Long Anwen', 'female', V3),
  voice('longanli_v3', '龙安莉', 'Long Anli', 'female', V3),
  voice('longanlang_v3', '龙安朗', 'Long Anlang', 'male', V3),
  voice('longcheng_v3', '龙橙', 'Long Cheng', 'male', V3),
  voice('longze_v3', '龙泽', 'Long Ze', 'male', V3),
  voice('longshu_v3', '龙书', 'Long Shu', 'male', V3),
  voice('longshuo_v3', '龙硕', 'Long Shuo', 'male', V3),
  voice('longmiao_v3', '龙妙', 'Long Miao', 'female', V3),
  voice('loongbella_v3', '贝拉', 'Bella', 'female', V3),
  voice('longjiaxin_v3', '龙嘉欣', 'Long Jiaxin (Cantonese)', 'female', V3, { languages: ['yue', 'en'] }),
  voice('longjiayi_v3', '龙嘉怡', 'Long Jiayi (Cantonese)', 'female', V3, { languages: ['yue', 'en'] }),
  voice('longanyue_v3', '龙安粤', 'Long Anyue (Cantonese)', 'male', V3, { languages: ['yue', 'en'] }),
  voice('longlaotie_v3', '龙老铁', 'Long Laotie (Northeastern)', 'male', V3),
  voice('longshange_v3', '龙陕哥', 'Long Shange (Shaanxi)', 'male', V3),
  voice('longanmin_v3', '龙安闽', 'Long Anmin (Hokkien)', 'female', V3),
  voice('longxiaochun_v2', '龙小淳', 'Long Xiaochun', 'female', V2),
  voice('longxiaoxia_v2', '龙小夏', 'Long Xiaoxia', 'female', V2),
  voice('longanwen', '龙安温', 'Long Anwen', 'female', V2),
  voice('longanli', '龙安莉', 'Long Anli', 'female', V2),
  voice('longwan_v2', '龙婉', 'Long Wan', 'female', V2),
  voice('longcheng_v2', '龙橙', 'Long Cheng', 'male', V2),
  voice('longhua_v2', '龙华', 'Long Hua', 'male', V2),
  voice('longwan', '龙婉', 'Long Wan', 'female', V1, untimed),
  voice('longcheng', '龙橙', 'Long Cheng', 'male', V1, untimed),
  voice('longhua', '龙华', 'Long Hua', 'male', V1, untimed),
  voice('longxiaochun', '龙小淳', 'Long Xiaochun', 'female', V1, untimed),
];

/** What may be asked of a voice that is not in the list: a clone, or one newer than it. */
export function cosyVoiceNamed(id: string, model: string): CosyVoice {
  const listed = COSY_VOICES.find((one) => one.id === id);
  if (listed) return listed;
  // `{target_model}-{prefix}-{id}`
  const own = /^(cosyvoice-v[\d.]+(?:-flash|-plus)?)-/.exec(id)?.[1];
  const isOld = (own ?? model) === 'cosyvoice-v1';
  const acts = own !== undefined && /^cosyvoice-v3(\.5)?-(flash|plus)$/.test(own) && own !== 'cosyvoice-v3-plus';
  if (/^loong.*_v3$/.test(id)) return voice(id, '', id, 'neutral', V3, foreign);
  return voice(id, '', id, 'neutral', own === undefined ? [] : [own], { acts, timed: !isOld, ssml: !isOld });
}

/** The model asked for where the voice belongs to it, else the voice's own. */
export const modelFor = ({ models }: CosyVoice, wanted: string): string =>
  models.length === 0 || models.some((model) => wanted === model || wanted.startsWith(`${model}-20`))
    ? wanted
    : models[0]!;

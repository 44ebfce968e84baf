/** What the source doctor says about a portrait, in words: what is wrong, and what to do about it. */
import type { Locale } from '../errors/index.ts';

export interface FindingWords {
  /** What is wrong. */
  message: string;
  /** What to do about it. */
  advice: string;
}

export const findingWords = {
  'face-too-small': {
    en: {
      message: 'The face is small in the picture; lips and eyes will look soft.',
      advice: 'Use a closer picture, or crop a high-resolution one around the head and shoulders.',
    },
    'zh-CN': {
      message: '人脸在画面中太小，嘴唇和眼睛会模糊。',
      advice: '请使用更近的照片，或把高清照片裁剪到头肩部分。',
    },
  },
  'low-resolution': {
    en: {
      message: 'The face has few pixels for large videos.',
      advice:
        'Fine for 480p and 720p. For 1080p, use a picture of 1024 pixels or more in which the head fills about half the height.',
    },
    'zh-CN': {
      message: '人脸像素偏少，大尺寸视频会不够清晰。',
      advice: '480p、720p 可用；1080p 建议使用 1024 像素以上、头部约占一半高度的照片。',
    },
  },
  'face-turned': {
    en: {
      message: 'The head is turned away from the camera.',
      advice: 'Use a picture in which the person looks straight ahead; up to about 15° works well.',
    },
    'zh-CN': { message: '头部没有正对镜头。', advice: '请使用正脸照片；偏转 15° 以内效果较好。' },
  },
  'face-tilted': {
    en: { message: 'The head is tilted to one side.', advice: 'Rotate the picture until the eyes are level.' },
    'zh-CN': { message: '头部向一侧倾斜。', advice: '请旋转照片，让双眼保持水平。' },
  },
  'mouth-open': {
    en: {
      message: 'The mouth is open in the picture; closing it can leave marks.',
      advice: 'Use a picture with the lips closed and relaxed.',
    },
    'zh-CN': { message: '照片中嘴是张开的，合拢时可能留下痕迹。', advice: '请使用嘴唇自然闭合的照片。' },
  },
  blurred: {
    en: { message: 'The face is blurred.', advice: 'Use a sharp picture, in focus and without motion blur.' },
    'zh-CN': { message: '人脸不清晰。', advice: '请使用对焦准确、没有抖动的照片。' },
  },
  'cut-off': {
    en: {
      message: 'Part of the head lies outside the picture.',
      advice: 'Use a picture that shows all the hair, the chin and some of the shoulders.',
    },
    'zh-CN': { message: '头部有一部分在画面之外。', advice: '请使用完整露出头发、下巴和部分肩膀的照片。' },
  },
  'too-dark': {
    en: { message: 'The face is dark.', advice: 'Use a picture with light on the face, or brighten it first.' },
    'zh-CN': { message: '人脸太暗。', advice: '请使用脸部光线充足的照片，或先调亮。' },
  },
  'too-bright': {
    en: {
      message: 'The face is overexposed: parts of it are plain white.',
      advice: 'Use a picture in softer light, without flash.',
    },
    'zh-CN': { message: '人脸过曝，部分区域是一片白。', advice: '请使用光线柔和、不开闪光灯的照片。' },
  },
  occluded: {
    en: {
      message: 'Something may cover part of the face.',
      advice:
        'If a hand, a mask, hair or dark glasses cover it, use a picture that shows the whole face. Otherwise ignore this.',
    },
    'zh-CN': {
      message: '脸部可能被遮挡。',
      advice: '如有手、口罩、头发或墨镜遮挡，请换一张露出整张脸的照片；没有遮挡可忽略此提示。',
    },
  },
  'eyes-closed': {
    en: {
      message: 'The eyes look closed or nearly so.',
      advice: 'Use a picture with both eyes open; blinks are added for you.',
    },
    'zh-CN': { message: '眼睛似乎闭着或快要闭上。', advice: '请使用双眼睁开的照片，眨眼会自动添加。' },
  },
  animated: {
    en: {
      message: 'The file is an animation; only its first frame is used.',
      advice: 'If another frame is better, export that one as PNG.',
    },
    'zh-CN': { message: '这是动图，只使用第一帧。', advice: '若其他帧更合适，请将那一帧导出为 PNG。' },
  },
} as const satisfies Record<string, Record<Locale, FindingWords>>;

export type FindingWordsCode = keyof typeof findingWords;

export function describeFinding(code: FindingWordsCode, locale: Locale): FindingWords {
  return findingWords[code][locale];
}

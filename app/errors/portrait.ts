import type { ErrorCatalogue } from './index.ts';

export const portraitErrors = {
  'portrait.file-missing': {
    en: { message: 'There is no picture at {path}.', hint: 'Check the path and the file name, then try again.' },
    'zh-CN': { message: '找不到图片：{path}', hint: '请检查路径和文件名后重试。' },
  },
  'portrait.file-unreadable': {
    en: {
      message: 'The picture {path} could not be read ({detail}).',
      hint: 'Check that it is a file and that you may read it, or copy it elsewhere and use the copy.',
    },
    'zh-CN': { message: '无法读取图片 {path}（{detail}）。', hint: '请确认它是文件且您有读取权限，或复制到别处再用。' },
  },
  'portrait.empty': {
    en: {
      message: 'The picture file is empty (0 bytes).',
      hint: 'Save or download it again, or choose another picture.',
    },
    'zh-CN': { message: '图片文件是空的（0 字节）。', hint: '请重新保存或下载，或换一张图片。' },
  },
  'portrait.not-a-picture': {
    en: {
      message: 'This file is not a picture, whatever its name says.',
      hint: 'Choose a JPEG, PNG, WebP or AVIF picture.',
    },
    'zh-CN': { message: '这个文件的内容不是图片（只看扩展名不算）。', hint: '请选择 JPEG、PNG、WebP 或 AVIF 图片。' },
  },
  'portrait.truncated': {
    en: {
      message: 'The {format} picture is damaged or cut short.',
      hint: 'Download or copy it again from where it came from; if it opens in a picture viewer, save it again as JPEG or PNG.',
    },
    'zh-CN': {
      message: '{format} 图片已损坏或不完整。',
      hint: '请从来源重新下载或复制；若看图软件能打开，请另存为 JPEG 或 PNG 再试。',
    },
  },
  'portrait.heic': {
    en: {
      message: 'This is a HEIC picture (an iPhone photo), which cannot be read here.',
      hint: 'Export it as JPEG or PNG. On an iPhone: Settings → Camera → Formats → Most Compatible.',
    },
    'zh-CN': {
      message: '这是 HEIC 图片（iPhone 照片格式），暂时无法读取。',
      hint: '请导出为 JPEG 或 PNG。iPhone 可在「设置 → 相机 → 格式」选「兼容性最佳」。',
    },
  },
  'portrait.svg': {
    en: {
      message: 'This is an SVG drawing, not a pixel picture.',
      hint: 'Export it as PNG, at least 1024 pixels high.',
    },
    'zh-CN': { message: '这是 SVG 矢量图，不是像素图片。', hint: '请导出为 PNG（高度至少 1024 像素）。' },
  },
  'portrait.unsupported-format': {
    en: {
      message: 'This is a {format} file, which is not supported as a portrait.',
      hint: 'Export it as JPEG or PNG.',
    },
    'zh-CN': { message: '这是 {format} 文件，不能用作人像。', hint: '请导出为 JPEG 或 PNG。' },
  },
  'portrait.too-small': {
    en: {
      message: 'The picture is only {width}×{height} pixels; at least {min}×{min} are needed.',
      hint: 'Use a larger picture; 1024 pixels or more on the long side look best.',
    },
    'zh-CN': {
      message: '图片只有 {width}×{height} 像素，至少需要 {min}×{min}。',
      hint: '请换一张更大的图片，长边 1024 像素以上效果最好。',
    },
  },
  'portrait.too-large': {
    en: {
      message: 'The picture is too large to open safely: {size}.',
      hint: 'Scale it down first; 2048 pixels on the long side are all that is used.',
    },
    'zh-CN': { message: '图片过大，无法安全打开：{size}。', hint: '请先缩小图片；长边 2048 像素就足够了。' },
  },
  'portrait.no-face': {
    en: {
      message: 'No face was found in the picture.',
      hint: 'Use a picture where one face looks towards the camera, well lit and uncovered. For a drawing, crop closer to the face or place the face points by hand.',
    },
    'zh-CN': {
      message: '图片中没有找到人脸。',
      hint: '请使用正对镜头、光线充足、无遮挡的人像。若是绘画，请裁剪到脸部附近，或手动标注五官位置。',
    },
  },
  'portrait.several-faces': {
    en: {
      message: 'There are {count} faces in the picture, and none was chosen.',
      hint: 'Choose one by its number, counted from the left (1 to {count}), or crop the picture to one face.',
    },
    'zh-CN': {
      message: '图片中有 {count} 张人脸，尚未选择用哪一张。',
      hint: '请按从左到右的序号（1 到 {count}）选择一张，或把图片裁剪到只剩一张脸。',
    },
  },
  'portrait.no-such-face': {
    en: {
      message: 'There is no face number {number}: the picture has {count}.',
      hint: 'Choose a number from 1 to {count}, counted from the left.',
    },
    'zh-CN': { message: '没有第 {number} 张人脸：图片中共有 {count} 张。', hint: '请从左到右选择 1 到 {count}。' },
  },
  'portrait.face-too-small': {
    en: {
      message: 'The face is only {px} pixels in size; at least {min} are needed.',
      hint: 'Use a closer picture, or crop a high-resolution one around the head and shoulders.',
    },
    'zh-CN': {
      message: '人脸只有 {px} 像素，至少需要 {min} 像素。',
      hint: '请使用更近的人像，或把高清图片裁剪到头肩部分。',
    },
  },
  'portrait.landmarks-outside': {
    en: {
      message: 'The stored face points do not lie inside this picture.',
      hint: 'They belong to another picture, or to another size of it: clear them and let the face be found again.',
    },
    'zh-CN': {
      message: '已保存的五官标注不在这张图片范围内。',
      hint: '它们可能属于另一张图片或另一尺寸：请清除标注并重新识别。',
    },
  },
  'portrait.landmarks-unusable': {
    en: {
      message: 'The stored face points do not make up a face.',
      hint: 'Left and right may be swapped, or points may lie on one another: clear them and let the face be found again.',
    },
    'zh-CN': {
      message: '已保存的五官标注无法构成一张脸。',
      hint: '可能左右颠倒或标注点重叠：请清除标注并重新识别。',
    },
  },
  'portrait.analysis-failed': {
    en: {
      message: 'The face analysis stopped unexpectedly: {detail}',
      hint: 'Try again; if it happens again, close other programs to free memory, or use a smaller picture.',
    },
    'zh-CN': {
      message: '人脸分析意外中止：{detail}',
      hint: '请重试；若再次出现，请关闭其他程序以释放内存，或换小一点的图片。',
    },
  },
  'portrait.consent-missing': {
    en: {
      message: 'This video shows a portrait for which no consent is recorded.',
      hint: 'If it shows a real person, make sure that they agreed, and record it with the portrait: who, for what, from when until when.',
    },
    'zh-CN': {
      message: '该视频使用的人像没有授权记录。',
      hint: '若为真人肖像，请先确认本人同意，并在人像中填写授权记录：授权人、用途、起止日期。',
    },
  },
  'portrait.consent-expired': {
    en: {
      message: 'The consent of {person} to the use of this portrait ended on {date}.',
      hint: 'Ask for a new consent and record it with the portrait, or choose another portrait.',
    },
    'zh-CN': {
      message: '{person} 对该人像的授权已于 {date} 到期。',
      hint: '请重新取得授权并更新人像的授权记录，或更换人像。',
    },
  },
  'portrait.consent-not-yet': {
    en: {
      message: 'The consent of {person} to the use of this portrait begins on {date}.',
      hint: 'Do not publish the video before that day, or correct the date in the record.',
    },
    'zh-CN': {
      message: '{person} 对该人像的授权自 {date} 起生效。',
      hint: '请勿在该日期前发布视频，或更正授权记录中的日期。',
    },
  },
  'portrait.unknown-sample': {
    en: { message: 'There is no sample avatar called “{id}”.', hint: 'Choose one of: {known}.' },
    'zh-CN': { message: '没有名为“{id}”的示例形象。', hint: '可选：{known}。' },
  },
} as const satisfies ErrorCatalogue;

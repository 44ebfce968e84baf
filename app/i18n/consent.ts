/** What is declared of a likeness, in the words that a record keeps: the same wherever it is asked. */
export const consentWords = {
  en: {
    self: 'I am {person}, and I agree that my likeness is used in this way.',
    other: '{person} has agreed to this use of their likeness, knows that the video is made by AI, and I can show it.',
    nobody: 'I declare that this picture is drawn or generated and shows no real person.',
    /** In the place of a name. */
    nobodyName: 'Nobody (drawn or generated)',
    anyScope: 'Talking videos of any kind that I make and publish',
    /** What is read aloud and recorded before a voice is cloned. */
    voice:
      'I am {person}. I agree that a voice is made by AI after mine and used for: {scope}, from {from} until {until}. I can withdraw this at any time.',
  },
  'zh-CN': {
    self: '我是{person}，我同意以上述方式使用我的肖像。',
    other: '{person}已同意以上述方式使用其肖像，知晓视频由 AI 生成，并且我能够提供证明。',
    nobody: '我声明这张图片为绘制或生成，不是真实人物。',
    nobodyName: '并非真人（绘制或生成）',
    anyScope: '由我制作并发布的各类口播视频',
    voice: '我是{person}，我同意用人工智能复刻我的声音，用于{scope}，有效期从{from}到{until}。我可以随时撤回。',
  },
} as const;

/** The sentence that the person reads aloud, with what is known of it so far. */
export const voiceConsentSentence = (
  locale: keyof typeof consentWords,
  known: Readonly<Record<'person' | 'scope' | 'from' | 'until', string>>,
): string =>
  consentWords[locale].voice.replace(/\{(\w+)\}/g, (_, name: keyof typeof known) => known[name].trim() || '……');

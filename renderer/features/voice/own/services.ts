/** Who makes voices after a person's own; names of products are the same in every language. */
export const SERVICES = ['cosyvoice', 'qwen-tts'] as const;
export type CloningService = (typeof SERVICES)[number];

const NAMES: Readonly<Record<CloningService, string>> = { cosyvoice: 'CosyVoice', 'qwen-tts': 'Qwen-TTS' };

export const serviceName = (id: string): string => NAMES[id as CloningService] ?? id;

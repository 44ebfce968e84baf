import type { voice as english } from '../en/voice.ts';

export const voice: Record<keyof typeof english, string> = {};

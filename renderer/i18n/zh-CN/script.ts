import type { script as english } from '../en/script.ts';

export const script: Record<keyof typeof english, string> = {};

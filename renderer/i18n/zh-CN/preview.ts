import type { preview as english } from '../en/preview.ts';

export const preview: Record<keyof typeof english, string> = {};

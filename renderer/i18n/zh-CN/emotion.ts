import type { emotion as english } from '../en/emotion.ts';

export const emotion: Record<keyof typeof english, string> = {};

import type { portrait as english } from '../en/portrait.ts';

export const portrait: Record<keyof typeof english, string> = {};

import type { timeline as english } from '../en/timeline.ts';

export const timeline: Record<keyof typeof english, string> = {};

import type { stage as english } from '../en/stage.ts';

export const stage: Record<keyof typeof english, string> = {};

import type { exporting as english } from '../en/export.ts';

export const exporting: Record<keyof typeof english, string> = {};

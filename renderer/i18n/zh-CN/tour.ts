import type { tour as english } from '../en/tour.ts';

export const tour: Record<keyof typeof english, string> = {};

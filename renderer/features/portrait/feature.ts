import type { Feature } from '../feature.ts';

export const portrait: Feature = { id: 'portrait' };

import type { Feature } from '../feature.ts';

export const timeline: Feature = { id: 'timeline' };

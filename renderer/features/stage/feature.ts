import type { Feature } from '../feature.ts';

export const stage: Feature = { id: 'stage' };

import type { Feature } from '../feature.ts';

export const script: Feature = { id: 'script' };

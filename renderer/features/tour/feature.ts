import type { Feature } from '../feature.ts';

export const tour: Feature = { id: 'tour' };

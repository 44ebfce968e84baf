import type { Feature } from '../feature.ts';

export const preview: Feature = { id: 'preview' };

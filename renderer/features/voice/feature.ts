import type { Feature } from '../feature.ts';

export const voice: Feature = { id: 'voice' };

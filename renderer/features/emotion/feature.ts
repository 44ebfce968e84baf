import type { Feature } from '../feature.ts';

export const emotion: Feature = { id: 'emotion' };

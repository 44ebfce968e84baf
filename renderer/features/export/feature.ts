import type { Feature } from '../feature.ts';

export const exporting: Feature = { id: 'export' };

import type { ErrorCatalogue } from './index.ts';

export const mediaErrors = {} as const satisfies ErrorCatalogue;

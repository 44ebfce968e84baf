import type { ErrorCatalogue } from './index.ts';

export const portraitErrors = {} as const satisfies ErrorCatalogue;

import type { ErrorCatalogue } from './index.ts';

export const scriptErrors = {} as const satisfies ErrorCatalogue;

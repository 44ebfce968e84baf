import type { ErrorCatalogue } from './index.ts';

export const storageErrors = {} as const satisfies ErrorCatalogue;

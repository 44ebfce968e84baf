import type { ErrorCatalogue } from './index.ts';

export const speechErrors = {} as const satisfies ErrorCatalogue;

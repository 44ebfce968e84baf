import type { ErrorCatalogue } from './index.ts';

export const stageErrors = {} as const satisfies ErrorCatalogue;

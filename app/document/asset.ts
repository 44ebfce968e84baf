import { z } from 'zod';

/**
 * A file of the project, named by its content: `sha256` in lower-case hex. Bytes live in the asset store, never in the document.
 * Every record of the document is strict: a key this build does not know is an error, never dropped in silence.
 */
export const assetRefSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  mediaType: z.string().min(1),
  fileName: z.string().default(''),
});
export type AssetRef = z.infer<typeof assetRefSchema>;

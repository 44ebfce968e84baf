import type { RefinementCtx } from 'zod';

/** Every id in a list names one thing; the second use of one is the error, with its place in the list. */
export function refuseSharedIds(items: readonly { id: string }[], context: RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { id }] of items.entries()) {
    if (seen.has(id)) context.addIssue({ code: 'custom', path: [index, 'id'], message: `"${id}" is used twice` });
    seen.add(id);
  }
}

/** The button for cues stands beside the lines; the line with the caret opens the menu. */
const listeners = new Map<string, () => void>();

export const cueRequests = {
  listen(lineId: string, open: () => void): () => void {
    listeners.set(lineId, open);
    return () => {
      if (listeners.get(lineId) === open) listeners.delete(lineId);
    };
  },
  /** False: the line is not drawn. */
  open(lineId: string): boolean {
    const open = listeners.get(lineId);
    open?.();
    return open !== undefined;
  },
};

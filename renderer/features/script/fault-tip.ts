/** The message of the underline that is pointed at. */
import { createStore } from 'zustand/vanilla';

export interface FaultTip {
  at: DOMRect;
  message: string;
  hint: string;
}
export const faultTipStore = createStore<{ tip: FaultTip | null }>(() => ({ tip: null }));
export function showFault(tip: FaultTip | null): void {
  const { tip: before } = faultTipStore.getState();
  if (before?.message !== tip?.message || before?.at.left !== tip?.at.left) faultTipStore.setState({ tip });
}

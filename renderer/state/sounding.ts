/** One thing is heard at a time: whoever begins to sound says how to stop it, and what sounded before is stopped. */
let stopCurrent: (() => void) | null = null;

export function takeSound(stop: () => void): void {
  const before = stopCurrent;
  stopCurrent = stop;
  if (before !== stop) before?.();
}
export function leaveSound(stop: () => void): void {
  if (stopCurrent === stop) stopCurrent = null;
}

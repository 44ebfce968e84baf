/** Time as the policy needs it. */
export interface PolicyClock {
  /** Monotonic, from any zero. */
  nowMs(): number;
  /** Unix ms, as the person's clock shows it. */
  wallMs(): number;
}

/** The person's day that `wallMs` lies in, `2026-11-22`. */
export function localDay(wallMs: number): string {
  const date = new Date(wallMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Where the window was, so that it comes back there: in one small file, and only onto a screen that is still there. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Rectangle } from 'electron';
import { z } from 'zod';

const side = z.int().min(1).max(100_000);
const place = z.int().min(-100_000).max(100_000);
const windowStateSchema = z.object({
  bounds: z.object({ x: place, y: place, width: side, height: side }),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

export const MIN_SIZE = { width: 960, height: 600 } as const;
const USUAL_SIZE = { width: 1440, height: 900 } as const;
/** Of the title bar on a screen, or the window could not be moved. */
const GRIP = { width: 120, height: 40 } as const;

/** null: none was kept, or the file is damaged. Read before the first window, which waits for it. */
export function readWindowState(file: string): WindowState | null {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** At once, so that the last one is there before the program is gone. Throws nothing: it is a convenience. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`);
    renameSync(`${file}.new`, file);
  } catch {
    // The next window opens where the system puts it.
  }
}

/** Bounds to open with; without a place the system chooses one. */
export function placeWindow(
  saved: WindowState | null,
  workAreas: readonly Rectangle[],
): { width: number; height: number; x?: number; y?: number } {
  const bounds = saved?.bounds;
  const area = bounds && workAreas.find((screen) => reaches(bounds, screen));
  if (bounds === undefined || area === undefined) {
    const { width, height } = workAreas[0] ?? USUAL_SIZE;
    return fit(USUAL_SIZE, { width, height });
  }
  return { x: bounds.x, y: bounds.y, ...fit(bounds, area) };
}

function reaches(bounds: Rectangle, screen: Rectangle): boolean {
  const across = Math.min(bounds.x + bounds.width, screen.x + screen.width) - Math.max(bounds.x, screen.x);
  return across >= GRIP.width && bounds.y >= screen.y && bounds.y + GRIP.height <= screen.y + screen.height;
}

const fit = (size: { width: number; height: number }, area: { width: number; height: number }) => ({
  width: Math.max(MIN_SIZE.width, Math.min(size.width, area.width)),
  height: Math.max(MIN_SIZE.height, Math.min(size.height, area.height)),
});

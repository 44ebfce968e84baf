/** Project files that the system hands to the program: by a double click, by drag to its icon, with the command line. */
import { isAbsolute, resolve } from 'node:path';

/** The first project file among a program's arguments; null when there is none. */
export function projectFileIn(argv: readonly string[], cwd: string): string | null {
  // Chromium adds switches of its own to what a second start was given.
  const path = argv.slice(1).find((argument) => !argument.startsWith('-') && /\.shenghua$/i.test(argument));
  if (path === undefined) return null;
  return isAbsolute(path) ? path : resolve(cwd, path);
}

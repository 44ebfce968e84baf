/**
 * Shortcuts as text: `Mod+Shift+Z`, `Space`, `?`, `Alt+ArrowUp`. `Mod` is ⌘ on a Mac and Ctrl elsewhere. The last part is the
 * key's own name (`KeyboardEvent.key`), letters in upper case.
 */
const MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

const MODIFIERS = ['Mod', 'Ctrl', 'Alt', 'Shift'] as const;
type Modifier = (typeof MODIFIERS)[number];

export type Keystroke = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const NAMED: Readonly<Record<string, string>> = { ' ': 'Space' };

/** The shortcut that a keystroke is, as it would be written; null for a modifier alone. */
export function shortcutOf(stroke: Keystroke, mac = MAC): string | null {
  if (['Control', 'Meta', 'Alt', 'Shift', 'AltGraph', 'Dead', 'Process'].includes(stroke.key)) return null;
  const letter = /^Key([A-Z])$/.exec(stroke.code)?.[1];
  const digit = /^Digit([0-9])$/.exec(stroke.code)?.[1];
  const mod = mac ? stroke.metaKey : stroke.ctrlKey;
  const plain = !stroke.ctrlKey && !stroke.metaKey && !stroke.altKey;
  // With a modifier the place on the keyboard counts, so that shortcuts work under any layout; alone, what is written.
  const key = plain && !/^[a-z]$/i.test(stroke.key) ? stroke.key : (letter ?? digit ?? stroke.key);
  const name = NAMED[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  // What needs Shift to be written at all (`?`) does not name it.
  const shifted = stroke.shiftKey && !(plain && name.length === 1 && !/[A-Z0-9]/.test(name));
  const parts: string[] = [];
  if (mod) parts.push('Mod');
  if (mac && stroke.ctrlKey) parts.push('Ctrl');
  if (stroke.altKey) parts.push('Alt');
  if (shifted) parts.push('Shift');
  return [...parts, name].join('+');
}

const MAC_SIGNS: Readonly<Record<Modifier, string>> = { Mod: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' };
const PC_WORDS: Readonly<Record<Modifier, string>> = { Mod: 'Ctrl', Ctrl: 'Ctrl', Alt: 'Alt', Shift: 'Shift' };
const KEY_SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Delete: 'Del',
  Backspace: '⌫',
  Enter: '↵',
};

/** As it is shown to people. */
export function shortcutText(shortcut: string, mac = MAC): string {
  const parts = shortcut.endsWith('++') ? [...shortcut.slice(0, -2).split('+'), '+'] : shortcut.split('+');
  const key = parts.pop() ?? '';
  const words = parts.map((part) => (mac ? MAC_SIGNS : PC_WORDS)[part as Modifier] ?? part);
  return [...words, KEY_SIGNS[key] ?? key].join(mac ? '' : '+');
}

/** Whether a shortcut would type something into a text field. */
export const typesText = (shortcut: string): boolean =>
  !/(Mod|Ctrl|Alt)\+/.test(shortcut) && !/^(Shift\+)?F\d+$/.test(shortcut);

/** For `aria-keyshortcuts`. */
export const ariaShortcut = (shortcut: string, mac = MAC): string => shortcut.replace('Mod', mac ? 'Meta' : 'Control');

/** The one listener for shortcuts. Fields, menus and dialogs come first; input methods are left alone. */
import { uiStore } from '../state/ui-store.ts';
import { allActions, runAction, shortcutsOf } from './registry.ts';
import { shortcutOf, typesText } from './shortcut.ts';

const TEXT_INPUTS = new Set(['text', 'search', 'email', 'url', 'number', 'password', 'tel', '']);
/** What a text field does itself. */
const FIELD_KEYS =
  /^(Mod\+(A|C|V|X|Z|Y|Shift\+Z|ArrowLeft|ArrowRight|ArrowUp|ArrowDown|Backspace|Delete|Home|End)|Alt\+(ArrowLeft|ArrowRight)|Mod\+Shift\+Z)$/;

const isTextField = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && TEXT_INPUTS.has(target.type)));

/** Keys that a focused control needs for itself. */
function isTaken(target: EventTarget | null, shortcut: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (shortcut === 'Space' || shortcut === 'Enter') {
    return target.closest('button, a, input, select, [role="option"], [role="tab"], [role="menuitem"]') !== null;
  }
  if (/^(Shift\+)?(Arrow\w+|Home|End|Page\w+)$/.test(shortcut)) {
    return (
      target.closest(
        '[role="slider"], [role="separator"], [role="tablist"], [role="listbox"], [role="menu"], [role="radiogroup"], [role="group"]',
      ) !== null
    );
  }
  return false;
}

/**
 * Where the focus is in a field whose text is the document's own (`data-document-field`), undo and redo are the document's.
 * In other fields the browser's stay.
 */
export function startKeyboard(): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    const shortcut = shortcutOf(event);
    if (shortcut === null) return;
    const { shortcuts } = uiStore.getState();
    const action = allActions().find((candidate) => shortcutsOf(candidate, shortcuts).includes(shortcut));
    if (action === undefined) return;
    const { target } = event;
    if (isTextField(target)) {
      const documentField = target.closest('[data-document-field]') !== null;
      if (typesText(shortcut)) return;
      if (FIELD_KEYS.test(shortcut) && !(documentField && action.inText)) return;
    } else if (isTaken(target, shortcut)) return;
    // A dialog is a world of its own: only zoom and theme work over it, and undo where it edits the document.
    const inDialog =
      target instanceof Element && target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null;
    const inEditor = target instanceof Element && target.closest('[data-document-editor]') !== null;
    const allowed = inEditor ? /^(view\.|edit\.(undo|redo)$)/ : /^view\./;
    if (inDialog && !allowed.test(action.id)) return;
    if (runAction(action.id)) event.preventDefault();
  });
}

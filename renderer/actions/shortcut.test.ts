import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Keystroke, shortcutOf, shortcutText, typesText } from './shortcut.ts';

const stroke = (key: string, code: string, held: Partial<Keystroke> = {}): Keystroke => ({
  ...{ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
  ...held,
});

test('a keystroke is named the same under any layout, and what needs Shift to be written does not name it', () => {
  assert.equal(shortcutOf(stroke('z', 'KeyZ', { ctrlKey: true }), false), 'Mod+Z');
  assert.equal(shortcutOf(stroke('Z', 'KeyZ', { ctrlKey: true, shiftKey: true }), false), 'Mod+Shift+Z');
  assert.equal(shortcutOf(stroke('я', 'KeyZ', { ctrlKey: true }), false), 'Mod+Z');
  assert.equal(shortcutOf(stroke('˙', 'KeyH', { altKey: true, metaKey: true }), true), 'Mod+Alt+H');
  assert.equal(shortcutOf(stroke('k', 'KeyK', { ctrlKey: true }), true), 'Ctrl+K');
  assert.equal(shortcutOf(stroke('?', 'Slash', { shiftKey: true }), false), '?');
  assert.equal(shortcutOf(stroke('k', 'KeyK'), false), 'K');
  assert.equal(shortcutOf(stroke('K', 'KeyK', { shiftKey: true }), false), 'Shift+K');
  assert.equal(shortcutOf(stroke(' ', 'Space'), false), 'Space');
  assert.equal(shortcutOf(stroke('ArrowUp', 'ArrowUp', { altKey: true }), false), 'Alt+ArrowUp');
  assert.equal(shortcutOf(stroke('=', 'Equal', { ctrlKey: true }), false), 'Mod+=');
  assert.equal(shortcutOf(stroke('Control', 'ControlLeft', { ctrlKey: true }), false), null);
});

test('shortcuts are shown as the keyboard has them', () => {
  assert.equal(shortcutText('Mod+Shift+Z', false), 'Ctrl+Shift+Z');
  assert.equal(shortcutText('Mod+Shift+Z', true), '⌘⇧Z');
  assert.equal(shortcutText('Mod++', false), 'Ctrl++');
  assert.equal(shortcutText('Alt+ArrowUp', false), 'Alt+↑');
});

test('only what types something is left to text fields', () => {
  for (const key of ['K', 'Space', '?', 'Shift+K', 'Delete', 'ArrowUp']) assert.ok(typesText(key), key);
  for (const key of ['Mod+K', 'Alt+ArrowUp', 'F1', 'Shift+F1', 'Mod+Shift+D']) assert.ok(!typesText(key), key);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMeasure } from './font.ts';

test('an apostrophe in a Latin word is as narrow as one, and a Chinese quotation mark keeps its em', () => {
  const measure = createMeasure(100);
  const apostrophe = measure('today’s') - measure('today') - measure('s');
  assert.ok(apostrophe > 10 && apostrophe < 45, `${apostrophe}`);
  const closing = measure('他说‘好’') - measure('他说‘好');
  assert.ok(closing > 80, `${closing}`);
});

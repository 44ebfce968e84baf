import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aigcJson, aigcLabel, aigcValue } from './aigc.ts';

test('the label holds the seven keys of the standard, in order, and says AI-made', () => {
  const json = aigcJson(aigcLabel({ contentProducer: 'Shenghua Studio', produceId: '0197-ab' }));
  assert.equal(
    json,
    '{"Label":"1","ContentProducer":"Shenghua Studio","ProduceID":"0197-ab","ReservedCode1":"","ContentPropagator":"","PropagateID":"","ReservedCode2":""}',
  );
});

test('values become ASCII without quotes or backslashes, so that no container has to escape them', () => {
  const label = aigcLabel({ contentProducer: 'Café "声画" \\ Studio\n', produceId: 'x' });
  assert.equal(label.ContentProducer, 'Cafe ____ _ Studio_');
  assert.doesNotMatch(Object.values(label).join(''), /["\\]|[^\x20-\x7e]/);
  assert.equal(aigcValue('x'.repeat(1000)).length, 256);
  assert.equal(aigcValue('😀'), '_');
});

test('a label that could not identify its content is refused', () => {
  assert.throws(() => aigcLabel({ contentProducer: '声画', produceId: 'x' }), RangeError);
  assert.throws(() => aigcLabel({ contentProducer: 'Studio', produceId: '' }), RangeError);
  assert.throws(() => aigcLabel({ contentProducer: 'Studio', produceId: '编号1' }), RangeError);
  assert.throws(() => aigcLabel({ contentProducer: 'Studio', produceId: 'a"b' }), RangeError);
});

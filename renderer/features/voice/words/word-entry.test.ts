import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PronunciationDictionary } from '../../../../app/speech/normalise/dictionary.ts';
import { readWord, typedOf } from './word-entry.ts';

test('what is typed becomes an entry that the studio can speak, and comes back as it was typed', () => {
  for (const typed of [
    { written: '重庆', way: 'pinyin', reading: 'chóng qing4' },
    { written: '绿茶', way: 'pinyin', reading: 'lü4, cha2' },
    { written: 'GUI', way: 'say', reading: 'gooey' },
  ] as const) {
    const read = readWord(typed, []);
    assert.ok('entry' in read, JSON.stringify(read));
    const found = new PronunciationDictionary([read.entry]).match(typed.written, 0);
    assert.equal(found?.to, typed.written.length);
    assert.deepEqual(readWord(typedOf(read.entry), []), read);
  }
});

test('what cannot be spoken is told by its reason', () => {
  const fault = (written: string, way: 'say' | 'pinyin', reading: string) => {
    const read = readWord({ written, way, reading }, [{ written: 'AI' }]);
    return 'fault' in read ? read.fault : null;
  };
  assert.deepEqual(fault('重庆', 'pinyin', 'chong2 qing9'), { kind: 'syllable', syllable: 'qing9' });
  assert.deepEqual(fault('重庆', 'pinyin', 'chong qing4'), { kind: 'syllable', syllable: 'chong' });
  assert.deepEqual(fault('重庆', 'pinyin', 'chong2'), { kind: 'count', characters: 2, syllables: 1 });
  assert.deepEqual(fault('GPU卡', 'pinyin', 'ka3'), { kind: 'not-han' });
  assert.deepEqual(fault(' ', 'say', 'x'), { kind: 'written-empty' });
  assert.deepEqual(fault('GPU', 'say', ' '), { kind: 'reading-empty' });
  assert.deepEqual(fault('ai', 'say', 'A I'), { kind: 'twice', written: 'ai' });
});

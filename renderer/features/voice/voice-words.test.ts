/** Against the voices that ship: no two look alike, and each list is in one language. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VoiceDescription } from '../../../app/contract/voices.ts';
import { createTranslate, loadDictionary } from '../../i18n/index.ts';
import { createVoiceWords } from './voice-words.ts';

const voice = (
  id: string,
  name: string,
  gender: VoiceDescription['gender'],
  runs: VoiceDescription['runs'] = 'local',
) => ({ id, name, gender, runs, provider: id.split(':')[0]!, languages: [id.split(/[:+]/)[1]!] }) as VoiceDescription;

test('a voice without a name of its own is called by language and person in the language of the interface alone', async () => {
  const woman = voice('espeak:cmn+f3', 'Chinese (Mandarin), woman 3', 'female');
  const southern = voice('espeak:vi-vn-x-south', 'Vietnamese (Southern)', 'male');
  const named = voice('cloud:en-us', 'Aria', 'female', 'cloud');
  const zh = createVoiceWords('zh-CN', createTranslate('zh-CN', await loadDictionary('zh-CN')));
  assert.deepEqual([woman, southern].map(zh.title), ['普通话 · 女声 3', '越南语（南部） · 男声']);
  assert.doesNotMatch([woman, southern].map(zh.note).join(), /[a-z]/i);
  const en = createVoiceWords('en', createTranslate('en', await loadDictionary('en')));
  assert.deepEqual([woman, named].map(en.title), ['Mandarin · Woman 3', 'Aria']);
  assert.equal(en.note(named), 'Woman · English (United States) · Cloud');
});

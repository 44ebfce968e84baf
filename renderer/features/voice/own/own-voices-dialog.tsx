/** A person's own voice: those that were made after it, and a new one. */
import { type ReactElement, useState } from 'react';
import { NewVoice } from './new-voice.tsx';
import { OwnVoiceList } from './own-voice-list.tsx';

export default function OwnVoicesDialog(): ReactElement {
  const [isNew, setIsNew] = useState(false);
  return isNew ? <NewVoice onBack={() => setIsNew(false)} /> : <OwnVoiceList onNew={() => setIsNew(true)} />;
}

import { desktop } from '../../../bridge/index.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import type { MicrophoneFault } from './microphone.ts';

const FAULTS: Readonly<Record<MicrophoneFault | 'deniedDesktop', { message: MessageKey; hint: MessageKey }>> = {
  denied: { message: 'voice.micDenied', hint: 'voice.micDeniedHint' },
  deniedDesktop: { message: 'voice.micDenied', hint: 'voice.micDeniedDesktopHint' },
  absent: { message: 'voice.micAbsent', hint: 'voice.micAbsentHint' },
  busy: { message: 'voice.micBusy', hint: 'voice.micBusyHint' },
  insecure: { message: 'voice.micInsecure', hint: 'voice.micInsecureHint' },
  lost: { message: 'voice.micLost', hint: 'voice.micLostHint' },
};

/** Why it cannot be used, and what to do. */
export const microphoneWords = (fault: MicrophoneFault): { message: MessageKey; hint: MessageKey } =>
  FAULTS[fault === 'denied' && desktop !== null ? 'deniedDesktop' : fault];

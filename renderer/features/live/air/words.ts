/** How errors that shows tell of themselves are worded. */
import { ERROR_CODES } from '../../../../app/errors/index.ts';
import type { LiveError, LiveState } from '../../../../app/live/protocol.ts';
import { type ErrorText, errorText } from '../../../bridge/errors.ts';
import type { Locale, MessageKey, Translate } from '../../../i18n/index.ts';

/** A code that only a newer studio knows is told by its name. */
export function liveErrorText({ code, params }: LiveError, locale: Locale, t: Translate): ErrorText {
  const known = ERROR_CODES.some((each) => each === code);
  return errorText(known ? { code, params } : { code: 'live.session-said', params: { code } }, locale, t);
}

export const STATE_WORDS: Readonly<Record<LiveState, MessageKey>> = {
  off: 'live.state_off',
  starting: 'live.state_starting',
  'on-air': 'live.state_on-air',
  recovering: 'live.state_recovering',
  stopping: 'live.state_stopping',
  failed: 'live.state_failed',
};

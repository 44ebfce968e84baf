import { errorText } from '../bridge/errors.ts';
import { language } from './language.ts';
import { showToast } from './toasts.ts';

/** Tells an error that no place of its own shows. */
export function showErrorToast(error: unknown): void {
  const { locale, t } = language();
  const { message, hint } = errorText(error, locale, t);
  showToast({ tone: 'error', message, hint });
}

import { X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useT } from '../state/language.ts';
import { dismissToast, toastStore } from '../state/toasts.ts';
import { Button, IconButton } from './button.tsx';
import { ToneIcon } from './display.tsx';
import styles from './popups.module.css';

/** Errors and what can be taken back stay longer. */
const lifeMs = (important: boolean): number => (important ? 12_000 : 4_500);

/** All toasts, once at the edge of the window. */
export function ToastList(): ReactElement {
  const toasts = useStore(toastStore, (state) => state.toasts);
  const t = useT();
  return (
    <Radix.Provider label={t('ui.news')}>
      {toasts.map(({ id, tone, message, hint, action }) => (
        <Radix.Root
          key={id}
          className={styles.toast}
          type={tone === 'error' ? 'foreground' : 'background'}
          duration={lifeMs(tone === 'error' || action !== undefined)}
          onOpenChange={(open) => !open && dismissToast(id)}
        >
          <ToneIcon tone={tone} />
          <div className={styles.toastText}>
            <Radix.Title asChild>
              <p>{message}</p>
            </Radix.Title>
            {hint !== undefined && (
              <Radix.Description asChild>
                <p>{hint}</p>
              </Radix.Description>
            )}
            {action !== undefined && (
              <Radix.Action asChild altText={action.label}>
                <Button className={styles.toastAction} onClick={action.run}>
                  {action.label}
                </Button>
              </Radix.Action>
            )}
          </div>
          <Radix.Close asChild>
            <IconButton icon={X} label={t('ui.close')} small />
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className={styles.toasts} label={t('ui.news')} />
    </Radix.Provider>
  );
}

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { useT } from '../state/language.ts';
import { IconButton } from './button.tsx';
import { cx } from './class-names.ts';
import styles from './popups.module.css';

/** The first field, of choices the first that is made, else the dialog itself: a focus on its closing cross says nothing. */
function focusFirstField(event: Event): void {
  event.preventDefault();
  const dialog = event.currentTarget;
  if (!(dialog instanceof HTMLElement)) return;
  const field = dialog.querySelector<HTMLElement>(
    '[data-dialog-body] :is(input, textarea, select, [role="combobox"]):not(:disabled)',
  );
  const chosen = field?.matches('[type="checkbox"], [type="radio"]')
    ? dialog.querySelector<HTMLElement>('[data-dialog-body] :checked')
    : null;
  (chosen ?? field ?? dialog).focus();
}

interface DialogProps {
  title: string;
  /** What it is about, for screen readers; where the body's first words do not say it. */
  description?: string;
  /** `full`: all the room there is, its body without a margin. */
  size?: 'normal' | 'wide' | 'huge' | 'full';
  /** There is only something to read in it: it takes the focus itself, so that the keys scroll it. */
  toRead?: boolean;
  /** Absent: it cannot be closed, only answered by what is in it. */
  onClose?: () => void;
  /** Buttons, the one that goes ahead last. */
  footer?: ReactNode;
  children: ReactNode;
}

/** Open for as long as it is drawn. Escape, the cross and a click beside it close it. */
export function Dialog(props: DialogProps): ReactElement {
  const { title, description, size = 'normal', toRead, onClose, footer, children } = props;
  const t = useT();
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose?.()}>
      <Radix.Portal>
        <Radix.Overlay className={styles.scrim} />
        <Radix.Content
          className={cx(
            styles.dialog,
            size === 'wide' && styles.wide,
            size === 'huge' && styles.huge,
            size === 'full' && styles.full,
          )}
          onOpenAutoFocus={focusFirstField}
          {...(description === undefined && { 'aria-describedby': undefined })}
        >
          <div className={styles.dialogHead}>
            <Radix.Title className={styles.dialogTitle}>{title}</Radix.Title>
            {onClose !== undefined && (
              <Radix.Close asChild>
                <IconButton icon={X} label={t('ui.close')} shortcut="Escape" />
              </Radix.Close>
            )}
          </div>
          <div className={styles.dialogBody} data-dialog-body {...(toRead && { tabIndex: 0 })}>
            {description !== undefined && (
              <Radix.Description className="visually-hidden">{description}</Radix.Description>
            )}
            {children}
          </div>
          {footer !== undefined && <div className={styles.dialogFoot}>{footer}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A panel for a search at the top of the screen: no frame of its own. */
export function TopDialog({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}): ReactElement {
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={styles.scrim} />
        <Radix.Content className={cx(styles.dialog, styles.top)} aria-describedby={undefined}>
          <Radix.Title className="visually-hidden">{title}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

import { ChevronRight, CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import { Collapsible, Progress } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { useStore } from 'zustand';
import { errorText } from '../bridge/errors.ts';
import { useLanguage } from '../state/language.ts';
import { setLayout, uiStore } from '../state/ui-store.ts';
import { Button } from './button.tsx';
import { cx } from './class-names.ts';
import styles from './display.module.css';

export type Tone = 'info' | 'success' | 'warning' | 'error';
const TONE_ICONS: Readonly<Record<Tone, LucideIcon>> = {
  info: Info,
  success: CircleCheck,
  warning: TriangleAlert,
  error: CircleAlert,
};

export function ToneIcon({ tone }: { tone: Tone }): ReactElement {
  const Icon = TONE_ICONS[tone];
  return <Icon aria-hidden className={styles.toneIcon} data-tone={tone} />;
}

export const Badge = ({ tone, children }: { tone?: Tone; children: ReactNode }): ReactElement => (
  <span className={cx(styles.badge, tone && styles[tone])}>{children}</span>
);

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  /** What to do about it. */
  text?: string;
  /** Buttons. */
  children?: ReactNode;
}
/** Where there is nothing yet: says what belongs here and how it gets here. */
export const EmptyState = ({ icon: Icon, title, text, children }: EmptyStateProps): ReactElement => (
  <div className={styles.empty}>
    <Icon aria-hidden />
    <p className={styles.emptyTitle}>{title}</p>
    {text !== undefined && <p className={styles.emptyText}>{text}</p>}
    {children !== undefined && <div className={styles.emptyActions}>{children}</div>}
  </div>
);

interface ErrorBoxProps {
  /** Whatever was thrown. */
  error: unknown;
  onRetry?: () => void;
  /** More buttons. */
  children?: ReactNode;
}
/** What went wrong and what to do, in the person's language. */
export function ErrorBox({ error, onRetry, children }: ErrorBoxProps): ReactElement {
  const { locale, t } = useLanguage();
  const { message, hint } = errorText(error, locale, t);
  return (
    <div role="alert" className={styles.errorBox}>
      <CircleAlert aria-hidden />
      <div className={cx(styles.errorText, 'selectable')}>
        <p>{message}</p>
        <p>{hint}</p>
        {(onRetry !== undefined || children !== undefined) && (
          <div>
            {onRetry !== undefined && <Button onClick={onRetry}>{t('ui.retry')}</Button>}
            {children}
          </div>
        )}
      </div>
    </div>
  );
}

/** `value` 0..1; null while it cannot be told. */
export const ProgressBar = ({ label, value }: { label: string; value: number | null }): ReactElement => (
  <Progress.Root className={styles.progress} aria-label={label} value={value === null ? null : Math.round(value * 100)}>
    <Progress.Indicator style={value === null ? {} : { width: `${value * 100}%` }} />
  </Progress.Root>
);

interface SectionProps {
  /** Under which its being open is remembered. */
  id: string;
  title: string;
  /** Beside the title: icon buttons. */
  tools?: ReactNode;
  closedAtFirst?: boolean;
  children: ReactNode;
}
/** A part of an inspector that can be folded away. */
export function Section({ id, title, tools, closedAtFirst = false, children }: SectionProps): ReactElement {
  const name = `section.${id}`;
  const open = useStore(uiStore, ({ layout }) => layout[name] ?? (closedAtFirst ? 0 : 1)) !== 0;
  return (
    <Collapsible.Root className={styles.section} open={open} onOpenChange={(next) => setLayout(name, next ? 1 : 0)}>
      <div className={styles.sectionHead}>
        <h3 className={styles.sectionTitle}>
          <Collapsible.Trigger className={styles.sectionToggle}>
            <ChevronRight aria-hidden />
            {title}
          </Collapsible.Trigger>
        </h3>
        {tools}
      </div>
      <Collapsible.Content className={styles.sectionBody}>{children}</Collapsible.Content>
    </Collapsible.Root>
  );
}

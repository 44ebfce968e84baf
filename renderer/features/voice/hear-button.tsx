import { Play, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import { useT } from '../../state/language.ts';
import { Button, IconButton } from '../../ui/index.ts';
import { hear, useHearing } from './hearing.ts';
import styles from './voice.module.css';

interface HearButtonProps {
  /** Of the sound: buttons of one name start and stop the same. */
  name: string;
  /** What is heard, in words. */
  label: string;
  ask: (signal: AbortSignal) => Promise<{ path: string }>;
  disabled?: boolean;
  small?: boolean;
  /** The label stands on it. */
  wide?: boolean;
}

export function HearButton({ name, label, ask, disabled, small, wide }: HearButtonProps): ReactElement {
  const t = useT();
  const phase = useHearing(name);
  const on = phase !== 'silent';
  const go = (): void => void hear(name, ask);
  if (wide) {
    return (
      <Button icon={on ? Square : Play} onClick={go} disabled={disabled}>
        {on ? t('voice.stop') : label}
      </Button>
    );
  }
  return (
    <IconButton
      icon={on ? Square : Play}
      label={on ? t('voice.stop') : label}
      onClick={go}
      pressed={on}
      data-phase={phase}
      className={styles.hear}
      {...(disabled !== undefined && { disabled })}
      {...(small !== undefined && { small })}
    />
  );
}

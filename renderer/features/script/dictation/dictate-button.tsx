/** The microphone of a line, and its words while they are being said. */
import { Mic, MicOff } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useT } from '../../../state/language.ts';
import { cx, Spinner } from '../../../ui/index.ts';
import styles from '../script.module.css';
import written from '../writing/writing.module.css';
import { dictateStore, joint, toggleDictation } from './dictate.ts';

export function DictateButton({ id, number }: { id: string; number: number }): ReactElement {
  const t = useT();
  const phase = useStore(dictateStore, ({ lineId, phase }) => (lineId === id ? phase : 'off'));
  const on = phase !== 'off';
  const label = t(on ? 'script.dictateStop' : 'script.dictateLine', { number });
  return (
    <button
      type="button"
      className={cx(styles.chip, !on && styles.unset)}
      aria-label={label}
      aria-pressed={on}
      title={label}
      data-dictate={phase}
      onClick={() => void toggleDictation(id)}
    >
      {phase === 'opening' || phase === 'ending' ? <Spinner /> : on ? <MicOff aria-hidden /> : <Mic aria-hidden />}
    </button>
  );
}

/** Whether something of this line is being said just now. */
export const useIsSaid = (id: string): boolean =>
  useStore(dictateStore, ({ lineId, partial }) => lineId === id && partial !== '');

export function SaidText({ text, number }: { text: string; number: number }): ReactElement {
  const t = useT();
  const partial = useStore(dictateStore, (state) => state.partial);
  return (
    <p className={written.written} data-said>
      <span className="visually-hidden">{t('script.lineText', { number })}</span>
      {text}
      {joint(text, partial)}
      {partial}
      <span className={written.caret} aria-hidden />
    </p>
  );
}

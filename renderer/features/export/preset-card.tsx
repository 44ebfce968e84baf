import { AudioLines, Check } from 'lucide-react';
import type { ReactElement } from 'react';
import type { OutputFormat } from '../../../app/document/output.ts';
import type { StageSize } from '../../../app/media/stage-size.ts';
import { cx } from '../../ui/index.ts';
import styles from './export.module.css';

interface PresetCardProps {
  title: string;
  text: string;
  format: OutputFormat;
  size: StageSize;
  transparent: boolean;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** One kind of file, drawn in its shape. */
export function PresetCard(props: PresetCardProps): ReactElement {
  const { title, text, format, size, transparent, checked, onChange } = props;
  return (
    <label className={cx(styles.preset, checked && styles.presetOn)}>
      <input
        type="checkbox"
        className="visually-hidden"
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span className={styles.shapeBox} aria-hidden="true">
        {format === 'wav' ? (
          <AudioLines />
        ) : (
          <span
            className={cx(styles.shape, transparent && styles.chequered)}
            style={{ aspectRatio: `${size.widthPx} / ${size.heightPx}` }}
            data-tall={size.heightPx > size.widthPx || undefined}
          />
        )}
      </span>
      <span className={styles.presetWords}>
        <span className={styles.presetTitle}>{title}</span>
        <span className={styles.presetText}>{text}</span>
      </span>
      <span className={styles.tick} aria-hidden="true">
        {checked && <Check />}
      </span>
    </label>
  );
}

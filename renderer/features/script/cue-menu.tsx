import { AudioLines, Flag, type LucideIcon, MessageCircleMore, Pause, PencilLine, Shuffle, Type } from 'lucide-react';
import { type ReactElement, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useT } from '../../state/language.ts';
import { cx } from '../../ui/index.ts';
import popups from '../../ui/popups.module.css';
import type { CueItem } from './cue-items.ts';
import type { EmotionLooks } from './emotion-look.ts';
import type { TokenKind } from './line-tokens.ts';
import styles from './script.module.css';

const ICONS: Readonly<Record<Exclude<TokenKind, 'emotion'>, LucideIcon>> = {
  pause: Pause,
  marker: Flag,
  say: MessageCircleMore,
  pronunciation: PencilLine,
  slot: Shuffle,
  prosody: AudioLines,
  emphasis: Type,
};

interface CueMenuProps {
  id: string;
  items: readonly CueItem[];
  active: number;
  looks: EmotionLooks;
  /** Where the caret is. */
  at: DOMRect;
  onChoose: (item: CueItem) => void;
  onPoint: (index: number) => void;
}

/** What can be put in at the caret. The focus stays in the text, whose keys choose. */
export function CueMenu({ id, items, active, looks, at, onChoose, onPoint }: CueMenuProps): ReactElement {
  const t = useT();
  const list = useRef<HTMLDivElement>(null);
  const [above, setAbove] = useState(false);
  useLayoutEffect(() => {
    const box = list.current;
    if (box !== null) setAbove(at.bottom + box.offsetHeight + 8 > window.innerHeight && at.top > box.offsetHeight + 8);
  }, [at]);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  const left = Math.max(6, Math.min(at.left - 8, window.innerWidth - (list.current?.offsetWidth ?? 260) - 6));
  return createPortal(
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label={t('script.cueMenu')}
      className={cx(popups.popup, styles.cueMenu)}
      style={above ? { left, bottom: window.innerHeight - at.top + 4 } : { left, top: at.bottom + 4 }}
      // The text keeps the focus.
      onPointerDown={(event) => event.preventDefault()}
    >
      {items.map((item, index) => {
        const Icon = item.kind === 'emotion' ? null : ICONS[item.kind];
        const name =
          'name' in item.label
            ? item.emotion === undefined
              ? item.label.name
              : looks.label(item.label.name)
            : t.any(item.label.key, item.label.params);
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the text field's.
          <div
            key={item.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={popups.item}
            onPointerMove={() => onPoint(index)}
            onClick={() => onChoose(item)}
          >
            <span className={popups.mark}>
              {Icon === null ? (
                <span className={styles.dot} style={{ background: looks.colour(item.emotion ?? '') }} />
              ) : (
                <Icon aria-hidden />
              )}
            </span>
            <span className={popups.label}>{name}</span>
            <span className={cx(popups.note, styles.code)}>{item.open + item.close}</span>
          </div>
        );
      })}
    </div>,
    document.body,
  );
}

import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { cx } from './class-names.ts';
import styles from './fields.module.css';
import { fuzzyScore } from './fuzzy.ts';
import popups from './popups.module.css';

interface FilteredListProps<Item> {
  items: readonly Item[];
  textOf: (item: Item) => string;
  keyOf: (item: Item) => string;
  searchLabel: string;
  emptyText: string;
  onChoose: (item: Item) => void;
  children: (item: Item) => ReactNode;
}

/** A search line over a list: the arrows move, Enter chooses, and the focus stays in the line. */
export function FilteredList<Item>(props: FilteredListProps<Item>): ReactElement {
  const { items, textOf, keyOf, searchLabel, emptyText, onChoose, children } = props;
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => {
    if (query.trim() === '') return items;
    return items
      .map((item) => ({ item, score: fuzzyScore(query, textOf(item)) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .map(({ item }) => item);
  }, [items, query, textOf]);
  const active = Math.min(at, found.length - 1);
  useLayoutEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt(
        Math.abs(step) === 1
          ? (active + step + found.length) % found.length
          : Math.min(found.length - 1, Math.max(0, active + step)),
      );
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const item = found[active];
      if (item !== undefined) onChoose(item);
    }
  };
  return (
    <>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={found.length > 0 ? `${listId}-${active}` : undefined}
        aria-autocomplete="list"
        aria-label={searchLabel}
        placeholder={searchLabel}
        autoComplete="off"
        spellCheck={false}
        // biome-ignore lint/a11y/noAutofocus: it is opened to be typed into.
        autoFocus
        className={cx(styles.input, styles.comboSearch)}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={listId} role="listbox" aria-label={searchLabel} className={styles.comboItems}>
        {found.map((item, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the search line's.
          <div
            key={keyOf(item)}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={popups.item}
            onPointerMove={() => setAt(index)}
            onClick={() => onChoose(item)}
          >
            {children(item)}
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p className={styles.none} role="status">
          {emptyText}
        </p>
      )}
    </>
  );
}

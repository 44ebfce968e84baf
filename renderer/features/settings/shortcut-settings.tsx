import { Pencil, RotateCcw } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useStore } from 'zustand';
import { type Action, MENUS } from '../../actions/action.ts';
import { allActions, shortcutsOf } from '../../actions/registry.ts';
import { shortcutOf, shortcutText } from '../../actions/shortcut.ts';
import type { MessageKey } from '../../i18n/index.ts';
import { useT } from '../../state/language.ts';
import { uiStore } from '../../state/ui-store.ts';
import { Button, IconButton, Kbd, SearchField } from '../../ui/index.ts';
import styles from './settings.module.css';

const setOwn = (id: string, keys: string | null): void =>
  uiStore.setState(({ shortcuts }) => {
    const { [id]: _, ...others } = shortcuts;
    return { shortcuts: keys === null ? others : { ...others, [id]: keys } };
  });

const GROUPS: readonly { menu: (typeof MENUS)[number] | undefined; title: MessageKey }[] = [
  ...MENUS.map((menu) => ({ menu, title: `shell.menu_${menu}` as MessageKey })),
  { menu: undefined, title: 'shell.shortcutsOther' },
];

/** Every command with its keys, which the person can change. */
export function ShortcutSettings(): ReactElement {
  const t = useT();
  const own = useStore(uiStore, ({ shortcuts }) => shortcuts);
  const [query, setQuery] = useState('');
  const [recording, setRecording] = useState<string | null>(null);
  const [refused, setRefused] = useState<string | null>(null);

  const choose = (action: Action, keys: string): void => {
    const other = allActions().find((each) => each.id !== action.id && shortcutsOf(each, own).includes(keys));
    if (other !== undefined) {
      setRefused(t('settings.keysTaken', { keys: shortcutText(keys), other: t.any(other.label) }));
      return;
    }
    setRefused(null);
    setRecording(null);
    setOwn(action.id, keys === action.shortcuts?.[0] ? null : keys);
  };
  const words = query.trim().toLowerCase();
  const matches = (action: Action): boolean => words === '' || t.any(action.label).toLowerCase().includes(words);
  return (
    <>
      <div className={styles.shortcutsHead}>
        <SearchField label={t('settings.searchCommands')} value={query} onChange={setQuery} />
        <Button
          icon={RotateCcw}
          disabled={Object.keys(own).length === 0}
          onClick={() => uiStore.setState({ shortcuts: {} })}
        >
          {t('settings.keysReset')}
        </Button>
      </div>
      {GROUPS.map(({ menu, title }) => {
        const actions = allActions().filter((action) => action.menu?.id === menu && matches(action));
        if (actions.length === 0) return null;
        return (
          <section key={title} className={styles.group}>
            <h3>{t.any(title)}</h3>
            <ul>
              {actions.map((action) => {
                const label = t.any(action.label);
                return (
                  <li key={action.id} className={styles.shortcut}>
                    <span>{label}</span>
                    {recording === action.id ? (
                      <span className={styles.recording}>
                        <button
                          type="button"
                          className={styles.listen}
                          // biome-ignore lint/a11y/noAutofocus: it waits for the keys.
                          autoFocus
                          aria-label={t('settings.pressKeysFor', { label })}
                          onBlur={() => {
                            setRecording(null);
                            setRefused(null);
                          }}
                          onKeyDown={(event) => {
                            if (event.key === 'Tab') return;
                            event.preventDefault();
                            event.stopPropagation();
                            if (event.key === 'Escape') setRecording(null);
                            else if (event.key === 'Backspace' || event.key === 'Delete') {
                              setOwn(action.id, '');
                              setRecording(null);
                            } else {
                              const keys = shortcutOf(event.nativeEvent);
                              if (keys !== null) choose(action, keys);
                            }
                          }}
                        >
                          {t('settings.pressKeys')}
                        </button>
                        <span role="alert">{refused}</span>
                      </span>
                    ) : (
                      <span className={styles.keys}>
                        {shortcutsOf(action, own).map((keys) => (
                          <Kbd key={keys} shortcut={keys} />
                        ))}
                      </span>
                    )}
                    <IconButton
                      small
                      icon={Pencil}
                      label={t('settings.changeKeysOf', { label })}
                      onClick={() => setRecording(action.id)}
                    />
                    <IconButton
                      small
                      icon={RotateCcw}
                      label={t('settings.resetKeysOf', { label })}
                      disabled={own[action.id] === undefined}
                      onClick={() => setOwn(action.id, null)}
                    />
                  </li>
                );
              })}
            </ul>
          </section>
        );
      })}
    </>
  );
}

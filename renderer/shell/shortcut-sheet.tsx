import type { ReactElement } from 'react';
import { type Action, MENUS } from '../actions/action.ts';
import { allActions, shortcutsOf } from '../actions/registry.ts';
import type { MessageKey } from '../i18n/index.ts';
import { useT } from '../state/language.ts';
import { closeDialog, uiStore } from '../state/ui-store.ts';
import { Dialog, Kbd } from '../ui/index.ts';
import styles from './shell.module.css';

const GROUPS: readonly { menu: (typeof MENUS)[number] | undefined; title: MessageKey }[] = [
  ...MENUS.map((menu) => ({ menu, title: `shell.menu_${menu}` as MessageKey })),
  { menu: undefined, title: 'shell.shortcutsOther' },
];

/** All shortcuts, as the menus group them. */
export default function ShortcutSheet(): ReactElement {
  const t = useT();
  const { shortcuts: own } = uiStore.getState();
  const withKeys = (menu: string | undefined): Action[] =>
    allActions().filter((action) => action.menu?.id === menu && shortcutsOf(action, own).length > 0);
  return (
    <Dialog title={t('shell.showShortcuts')} size="wide" toRead onClose={closeDialog}>
      <div className={styles.keys}>
        {GROUPS.map(({ menu, title }) => {
          const actions = withKeys(menu);
          if (actions.length === 0) return null;
          return (
            <section key={title}>
              <h3>{t.any(title)}</h3>
              <ul>
                {actions.map((action) => (
                  <li key={action.id}>
                    {t.any(action.label)}
                    <span>
                      {shortcutsOf(action, own).map((shortcut) => (
                        <Kbd key={shortcut} shortcut={shortcut} />
                      ))}
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}

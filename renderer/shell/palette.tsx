import type { ReactElement } from 'react';
import { type ActionView, allActions, runAction, viewAction } from '../actions/registry.ts';
import { useT } from '../state/language.ts';
import { closeDialog } from '../state/ui-store.ts';
import { FilteredList, Kbd, TopDialog } from '../ui/index.ts';
import popups from '../ui/popups.module.css';

const textOf = ({ label, action }: ActionView): string => `${label} ${action.id.replace('.', ' ')}`;

/** Every action that can be done now, found by a part of its name. */
export default function Palette(): ReactElement {
  const t = useT();
  const views = allActions()
    .map((action) => viewAction(action))
    .filter(({ disabled, action }) => !disabled && action.id !== 'palette.open');
  return (
    <TopDialog title={t('shell.openPalette')} onClose={closeDialog}>
      <FilteredList
        items={views}
        textOf={textOf}
        keyOf={({ action }) => action.id}
        searchLabel={t('shell.paletteSearch')}
        emptyText={t('shell.paletteNone')}
        onChoose={({ action }) => {
          closeDialog();
          // After the dialog has given the focus back to where it was.
          setTimeout(() => runAction(action.id));
        }}
      >
        {({ action: { icon: Icon }, label, shortcut }) => (
          <>
            <span className={popups.mark}>{Icon && <Icon aria-hidden />}</span>
            <span className={popups.label}>{label}</span>
            {shortcut !== null && <Kbd shortcut={shortcut} />}
          </>
        )}
      </FilteredList>
    </TopDialog>
  );
}

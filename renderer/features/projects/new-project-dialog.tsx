import type { ReactElement } from 'react';
import { runAction } from '../../actions/registry.ts';
import { useT } from '../../state/language.ts';
import { closeDialog } from '../../state/ui-store.ts';
import { Dialog } from '../../ui/index.ts';
import { StartChoices } from './start-choices.tsx';

export default function NewProjectDialog(): ReactElement {
  const t = useT();
  return (
    <Dialog title={t('projects.new')} size="wide" onClose={closeDialog}>
      <StartChoices
        onImport={() => {
          runAction('project.import');
          closeDialog();
        }}
      />
    </Dialog>
  );
}

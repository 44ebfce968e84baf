/** What a button beside a check does about it. */
import type { CheckItem } from '../../../../app/contract/live.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { editDocument, openDocument } from '../../../state/project.ts';
import { closeDialog, navigate, openDialog, showTab, uiStore } from '../../../state/ui-store.ts';
import { addDestination } from '../live-edits.ts';
import { showLiveTab } from '../live-store.ts';

interface Fix {
  label: MessageKey;
  run(): void;
}

/** Leaves for a panel of the editor. */
function toEditor(tab: string): void {
  const { route } = uiStore.getState();
  closeDialog();
  showTab('inspector', tab);
  if (route.screen === 'workspace') navigate({ ...route, view: 'edit' });
}

export function fixOf({ id, destinationId }: CheckItem): Fix | null {
  switch (id) {
    case 'destination':
    case 'key':
    case 'reach':
      return destinationId === null
        ? { label: 'live.fix_addDestination', run: () => openDialog('live.destination', addDestination('custom')) }
        : { label: 'live.fix_destination', run: () => openDialog('live.destination', destinationId) };
    case 'limits':
    case 'disk':
      return {
        label: 'live.fix_stream',
        run() {
          closeDialog();
          showLiveTab('stream');
        },
      };
    case 'consent':
      return { label: 'live.fix_consent', run: () => toEditor('portrait') };
    case 'mark':
      return {
        label: 'live.fix_mark',
        run: () =>
          editDocument('live.edit_mark', ({ stage }) => {
            stage.aiMark.visible = true;
          }),
      };
    case 'background':
      return openDocument() === null ? null : { label: 'live.fix_background', run: () => toEditor('stage') };
    case 'ffmpeg':
      return {
        label: 'live.fix_machine',
        run: () => navigate({ screen: 'settings' }),
      };
  }
}

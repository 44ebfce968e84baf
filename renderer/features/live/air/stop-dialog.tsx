import { type ReactElement, useEffect } from 'react';
import { rpc } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { useDocument, useProject } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { closeDialog } from '../../../state/ui-store.ts';
import { Button, Dialog } from '../../../ui/index.ts';
import { useIsRunning, useShow } from '../live-store.ts';

/** Nobody leaves the air by one click. */
export default function StopDialog(): ReactElement | null {
  const t = useT();
  const projectId = useProject(({ id }) => id);
  const running = useIsRunning();
  const stopping = useShow((status) => status?.state === 'stopping');
  const closing = useDocument(({ live }) => live.show.closing.some(({ enabled }) => enabled));
  useEffect(() => {
    if (!running) closeDialog();
  }, [running]);
  if (projectId === null) return null;
  const stop = (graceful: boolean): void => {
    // It takes as long as the closing does; the desk shows how it goes on.
    rpc.live.stop({ projectId, graceful }).catch(showErrorToast);
    closeDialog();
  };
  return (
    <Dialog
      title={t('live.stopTitle')}
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{t('ui.cancel')}</Button>
          <Button tone="danger" onClick={() => stop(false)}>
            {t('live.stopNow')}
          </Button>
          {!stopping && (
            <Button tone="primary" autoFocus onClick={() => stop(true)}>
              {t('live.stopGracefully')}
            </Button>
          )}
        </>
      }
    >
      <p>{stopping ? t('live.stopHurry') : closing ? t('live.stopText') : t('live.stopTextNoClosing')}</p>
    </Dialog>
  );
}

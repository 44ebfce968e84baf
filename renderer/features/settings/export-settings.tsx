import { FolderOpen, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import type { SettingsChange } from '../../../app/contract/settings.ts';
import { desktop, rpc } from '../../bridge/index.ts';
import { useT } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { studioStore } from '../../state/studio-store.ts';
import { Button, IconButton, Select } from '../../ui/index.ts';
import { Row } from './row.tsx';

const SIDES = [320, 480, 640, 960, 1280] as const;

const change = (to: SettingsChange): void => void rpc.settings.set(to).catch(showErrorToast);

export function ExportSettings(): ReactElement {
  const t = useT();
  const settings = useStore(studioStore, (state) => state.settings);
  const mayChoose = useStore(studioStore, ({ info }) => info?.capabilities.chooseFolder === true) && desktop !== null;
  const folder = settings?.exportFolder ?? null;
  const side = settings?.previewMaxSidePx ?? 640;
  return (
    <>
      {mayChoose ? (
        <Row title={t('settings.exportFolder')} text={folder ?? t('settings.exportFolderNone')}>
          <Button
            icon={FolderOpen}
            onClick={() =>
              void desktop
                ?.chooseFolder()
                .then((path) => path !== null && change({ exportFolder: path }))
                .catch(showErrorToast)
            }
          >
            {t('ui.choose')}
          </Button>
          {folder !== null && (
            <IconButton
              icon={X}
              label={t('settings.exportFolderClear')}
              onClick={() => change({ exportFolder: null })}
            />
          )}
        </Row>
      ) : (
        <Row title={t('settings.exportFolder')} text={t('settings.exportFolderBrowser')} />
      )}
      <Row title={t('settings.previewSide')} text={t('settings.previewSideHint')}>
        <Select
          bare
          label={t('settings.previewSide')}
          value={String(side)}
          onChange={(next) => change({ previewMaxSidePx: Number(next) })}
          options={[...new Set([...SIDES, side])]
            .sort((a, b) => a - b)
            .map((px) => ({ value: String(px), label: t('settings.previewSideOf', { px: String(px) }) }))}
        />
      </Row>
    </>
  );
}

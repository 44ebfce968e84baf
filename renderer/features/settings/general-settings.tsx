import { Compass, RotateCcw } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useAction } from '../../actions/registry.ts';
import { useT } from '../../state/language.ts';
import { showToast } from '../../state/toasts.ts';
import { setLocale, setTheme, setZoom, uiStore, ZOOM_STEPS } from '../../state/ui-store.ts';
import { Button, Segments, Select } from '../../ui/index.ts';
import { Row } from './row.tsx';

export function GeneralSettings(): ReactElement {
  const t = useT();
  const { localeChoice, theme, zoom } = useStore(uiStore);
  const tour = useAction('help.tour');
  return (
    <>
      <Row title={t('shell.language')}>
        <Select
          bare
          label={t('shell.language')}
          value={localeChoice ?? 'system'}
          onChange={(next) => setLocale(next === 'system' ? null : next)}
          options={[
            { value: 'system', label: t('shell.localeSystem') },
            { value: 'zh-CN', label: t('shell.localeZh') },
            { value: 'en', label: t('shell.localeEn') },
          ]}
        />
      </Row>
      <Row title={t('shell.theme')}>
        <Segments
          bare
          label={t('shell.theme')}
          value={theme}
          onChange={setTheme}
          options={[
            { value: 'dark', label: t('shell.themeDark') },
            { value: 'light', label: t('shell.themeLight') },
            { value: 'system', label: t('shell.themeSystem') },
          ]}
        />
      </Row>
      <Row title={t('shell.zoom')}>
        <Select
          bare
          label={t('shell.zoom')}
          value={String(zoom)}
          onChange={(next) => setZoom(Number(next))}
          options={ZOOM_STEPS.map((step) => ({ value: String(step), label: `${Math.round(step * 100)} %` }))}
        />
      </Row>
      <Row title={t('settings.panels')} text={t('settings.panelsText')}>
        <Button
          icon={RotateCcw}
          onClick={() => {
            uiStore.setState({ layout: {} });
            showToast({ tone: 'success', message: t('settings.panelsDone') });
          }}
        >
          {t('settings.panelsReset')}
        </Button>
      </Row>
      <Row title={t('settings.tour')} text={t('settings.tourText')}>
        <Button icon={Compass} onClick={tour.run}>
          {t('settings.tourAgain')}
        </Button>
      </Row>
    </>
  );
}

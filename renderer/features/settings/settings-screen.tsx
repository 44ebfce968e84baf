import {
  Boxes,
  Cpu,
  HardDrive,
  Info,
  Keyboard,
  type LucideIcon,
  Radio,
  ServerCog,
  SlidersHorizontal,
  Upload,
} from 'lucide-react';
import { lazy, type ReactElement, Suspense } from 'react';
import { useStore } from 'zustand';
import { useT } from '../../state/language.ts';
import { cx, Spinner } from '../../ui/index.ts';
import { DataSettings } from './data-settings.tsx';
import { ExportSettings } from './export-settings.tsx';
import { GeneralSettings } from './general-settings.tsx';
import { LiveSettings } from './live-settings.tsx';
import { MachineSettings } from './machine-settings.tsx';
import styles from './settings.module.css';
import { SECTIONS, type SettingsSection, settingsStore } from './settings-store.ts';
import { ShortcutSettings } from './shortcut-settings.tsx';

const About = lazy(() => import('./about.tsx'));
const ModelsPage = lazy(() => import('../models/models-page.tsx'));
const ProvidersPage = lazy(() => import('../providers/providers-page.tsx'));

const ICONS: Readonly<Record<SettingsSection, LucideIcon>> = {
  general: SlidersHorizontal,
  export: Upload,
  providers: ServerCog,
  models: Boxes,
  live: Radio,
  data: HardDrive,
  machine: Cpu,
  shortcuts: Keyboard,
  about: Info,
};
const PAGES: Readonly<Record<SettingsSection, () => ReactElement>> = {
  general: GeneralSettings,
  export: ExportSettings,
  providers: () => (
    <Suspense fallback={<Spinner />}>
      <ProvidersPage />
    </Suspense>
  ),
  models: () => (
    <Suspense fallback={<Spinner />}>
      <ModelsPage />
    </Suspense>
  ),
  live: LiveSettings,
  data: DataSettings,
  machine: MachineSettings,
  shortcuts: ShortcutSettings,
  about: () => (
    <Suspense fallback={<Spinner />}>
      <About />
    </Suspense>
  ),
};

export default function SettingsScreen(): ReactElement {
  const t = useT();
  const section = useStore(settingsStore, (state) => state.section);
  const Page = PAGES[section];
  return (
    <div className={styles.page}>
      <nav className={styles.nav} aria-label={t('settings.title')}>
        <h1>{t('settings.title')}</h1>
        {SECTIONS.map((id) => {
          const Icon = ICONS[id];
          return (
            <button
              key={id}
              type="button"
              className={styles.navItem}
              {...(id === section && { 'aria-current': 'page' as const })}
              onClick={() => settingsStore.setState({ section: id })}
            >
              <Icon aria-hidden />
              {t.any(`settings.${id}`)}
            </button>
          );
        })}
      </nav>
      <div className={styles.body}>
        <section
          className={cx(styles.section, (section === 'providers' || section === 'models') && styles.wide)}
          aria-labelledby="settings-title"
        >
          <h2 id="settings-title">{t.any(`settings.${section}`)}</h2>
          <Page />
        </section>
      </div>
    </div>
  );
}

import {
  Clapperboard,
  Cloud,
  CloudAlert,
  CloudOff,
  FolderOpen,
  LoaderCircle,
  type LucideIcon,
  Radio,
  Settings,
  SlidersHorizontal,
  SquarePen,
  Undo2,
} from 'lucide-react';
import { Menubar } from 'radix-ui';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { MENUS, type MenuId } from '../actions/action.ts';
import { filledMenus, hasAction, menuEntries, useAction } from '../actions/registry.ts';
import type { MessageKey } from '../i18n/index.ts';
import { useT } from '../state/language.ts';
import { useProject } from '../state/project.ts';
import {
  hashOf,
  navigate,
  type Screen,
  setLocale,
  setTheme,
  setZoom,
  uiStore,
  viewOf,
  ZOOM_STEPS,
} from '../state/ui-store.ts';
import { Button, ErrorBox, IconButton, Popover, Segments, Select } from '../ui/index.ts';
import { MenuEntries } from '../ui/menu.tsx';
import popups from '../ui/popups.module.css';
import { GuardedQuietly } from './guarded.tsx';
import { Mark } from './mark.tsx';
import { ProjectTitle } from './project-title.tsx';
import styles from './shell.module.css';
import { panelsOf } from './slot.tsx';

const MENU_NAMES: Readonly<Record<MenuId, MessageKey>> = {
  file: 'shell.menu_file',
  edit: 'shell.menu_edit',
  view: 'shell.menu_view',
  play: 'shell.menu_play',
  help: 'shell.menu_help',
};

/** The menus that the actions make. Entries are read when a menu opens. */
function MenuBar(): ReactElement {
  const t = useT();
  return (
    <Menubar.Root className={styles.menubar} aria-label={t('shell.menuBar')}>
      {MENUS.filter((menu) => filledMenus().includes(menu)).map((menu) => (
        <Menubar.Menu key={menu}>
          <Menubar.Trigger className={styles.menubarItem}>{t.any(MENU_NAMES[menu])}</Menubar.Trigger>
          <Menubar.Portal>
            <Menubar.Content className={popups.popup} align="start" sideOffset={4} collisionPadding={6}>
              <OpenMenu menu={menu} />
            </Menubar.Content>
          </Menubar.Portal>
        </Menubar.Menu>
      ))}
    </Menubar.Root>
  );
}
const OpenMenu = ({ menu }: { menu: MenuId }): ReactElement => (
  <MenuEntries entries={menuEntries(menu)} parts={Menubar} />
);

function ActionButton({ id, text }: { id: string; text?: boolean }): ReactElement | null {
  const { action, label, shortcut, disabled, checked, run } = useAction(id);
  if (action.icon === undefined) return null;
  if (text) {
    return (
      <Button tone="primary" icon={action.icon} disabled={disabled} onClick={run}>
        {label}
      </Button>
    );
  }
  return (
    <IconButton
      icon={action.icon}
      {...{ label, shortcut, disabled }}
      {...(checked !== undefined && { pressed: checked })}
      onClick={run}
    />
  );
}

const SAVE_ICONS: Readonly<Record<string, LucideIcon>> = {
  saved: Cloud,
  saving: LoaderCircle,
  offline: CloudOff,
  unsaved: CloudAlert,
};
const SAVE_WORDS: Readonly<Record<string, MessageKey>> = {
  saved: 'shell.saved',
  saving: 'shell.saving',
  offline: 'shell.offlineEdits',
  unsaved: 'shell.unsaved',
};

function SaveState(): ReactElement {
  const t = useT();
  const save = useProject((state) => state.save);
  const Icon = SAVE_ICONS[save.kind] ?? Cloud;
  const words = t.any(SAVE_WORDS[save.kind] ?? 'shell.saved');
  const panel = (
    <Popover
      label={words}
      trigger={
        <button type="button" className={styles.save} data-kind={save.kind}>
          <Icon aria-hidden />
          <span>{words}</span>
        </button>
      }
    >
      <div className={styles.savePanel}>
        {save.kind === 'unsaved' ? (
          <ErrorBox error={save.error} />
        ) : (
          <p>{save.kind === 'offline' ? t('shell.offlineEditsHint') : t('shell.savedHint')}</p>
        )}
      </div>
    </Popover>
  );
  // What is in a button is only its name; what changes is said beside it.
  return (
    <>
      {panel}
      <span className="visually-hidden" role="status">
        {words}
      </span>
    </>
  );
}

const LINKS: readonly { screen: Exclude<Screen, 'workspace'>; label: MessageKey; icon: LucideIcon }[] = [
  { screen: 'projects', label: 'shell.projects', icon: FolderOpen },
  { screen: 'library', label: 'shell.library', icon: Clapperboard },
  { screen: 'settings', label: 'shell.settings', icon: Settings },
];

function Navigation({ screen }: { screen: Screen }): ReactElement {
  const t = useT();
  return (
    <nav className={styles.nav} aria-label={t('shell.mainNavigation')}>
      {LINKS.map(({ screen: to, label, icon: Icon }) => (
        <a
          key={to}
          href={hashOf({ screen: to })}
          className={styles.navLink}
          {...(to === screen && { 'aria-current': 'page' as const })}
        >
          <Icon aria-hidden />
          {t.any(label)}
        </a>
      ))}
    </nav>
  );
}

/** What features show wherever one is. */
const Tray = (): ReactElement => (
  <>
    {panelsOf('tray').map(({ id, component: Content }) => (
      <GuardedQuietly key={id}>
        <Content />
      </GuardedQuietly>
    ))}
  </>
);

function Look(): ReactElement {
  const t = useT();
  const { localeChoice, theme, zoom } = useStore(uiStore);
  return (
    <Popover
      label={t('shell.appearance')}
      align="end"
      trigger={<IconButton icon={SlidersHorizontal} label={t('shell.appearance')} />}
    >
      <div className={styles.look}>
        <Select
          label={t('shell.language')}
          value={localeChoice ?? 'system'}
          onChange={(next) => setLocale(next === 'system' ? null : next)}
          options={[
            { value: 'system', label: t('shell.localeSystem') },
            { value: 'zh-CN', label: t('shell.localeZh') },
            { value: 'en', label: t('shell.localeEn') },
          ]}
        />
        <Segments
          label={t('shell.theme')}
          value={theme}
          onChange={setTheme}
          options={[
            { value: 'dark', label: t('shell.themeDark') },
            { value: 'light', label: t('shell.themeLight') },
            { value: 'system', label: t('shell.themeSystem') },
          ]}
        />
        <Select
          label={t('shell.zoom')}
          value={String(zoom)}
          onChange={(next) => setZoom(Number(next))}
          options={ZOOM_STEPS.map((step) => ({ value: String(step), label: `${Math.round(step * 100)} %` }))}
        />
      </div>
    </Popover>
  );
}

export function TopBar(): ReactElement {
  const t = useT();
  const screen = useStore(uiStore, ({ route }) => route.screen);
  const inWorkspace = screen === 'workspace';
  const view = useStore(uiStore, viewOf);
  return (
    <header className={styles.bar}>
      <a href={hashOf({ screen: 'projects' })} className={styles.brand} aria-label={t('shell.appName')}>
        <Mark />
        <span className={styles.brandName}>{t('shell.appName')}</span>
      </a>
      <MenuBar />
      <span className={styles.rule} />
      {inWorkspace ? <ProjectTools /> : <Navigation screen={screen} />}
      <span className={styles.spring} />
      <Tray />
      {view === 'edit' && (
        <div className={styles.group}>
          <ActionButton id="view.toggleLeft" />
          <ActionButton id="view.toggleBottom" />
          <ActionButton id="view.toggleInspector" />
          <span className={styles.rule} />
        </div>
      )}
      <ActionButton id="palette.open" />
      <Look />
      {view === 'edit' && <Export />}
    </header>
  );
}

function ProjectTools(): ReactElement {
  return (
    <>
      <ProjectTitle />
      <ViewSwitch />
      <SaveState />
      <div className={styles.group}>
        <StepButton id="edit.undo" words="shell.undoWhat" steps="undo" />
        <StepButton id="edit.redo" words="shell.redoWhat" steps="redo" />
      </div>
    </>
  );
}

/** The editor, or the live desk, of the same project. */
function ViewSwitch(): ReactElement | null {
  const t = useT();
  const route = useStore(uiStore, (state) => state.route);
  const view = useStore(uiStore, viewOf);
  if (route.screen !== 'workspace' || view === null) return null;
  return (
    <Segments
      bare
      label={t('shell.view')}
      value={view}
      onChange={(next) => navigate({ ...route, view: next })}
      options={[
        { value: 'edit', label: t('shell.viewEdit'), icon: SquarePen },
        { value: 'live', label: t('shell.viewLive'), icon: Radio },
      ]}
    />
  );
}

/** Undo or redo, saying what. */
function StepButton(props: {
  id: string;
  words: 'shell.undoWhat' | 'shell.redoWhat';
  steps: 'undo' | 'redo';
}): ReactElement {
  const t = useT();
  const { action, label, shortcut, disabled, run } = useAction(props.id);
  const step = useProject(({ history }) => history[props.steps].at(-1)?.label);
  const words = step === undefined ? label : t(props.words, { what: t.any(step) });
  return <IconButton icon={action.icon ?? Undo2} label={words} shortcut={shortcut} disabled={disabled} onClick={run} />;
}

/** Drawn once the export feature brings its action. */
function Export(): ReactElement | null {
  if (!hasAction('export.open')) return null;
  return (
    <span data-tour="export">
      <ActionButton id="export.open" text />
    </span>
  );
}

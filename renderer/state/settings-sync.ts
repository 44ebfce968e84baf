/**
 * Language, theme, zoom and layout live in the studio's settings, so that shell and browser share them; the browser keeps a copy,
 * so that the first picture is right before the studio has answered.
 */
import type { Settings, SettingsChange } from '../../app/contract/settings.ts';
import { desktop, rpc } from '../bridge/index.ts';
import { follow, studioStore } from './studio-store.ts';
import { type UiState, uiStore } from './ui-store.ts';

const COPY = 'shenghua.interface';
const WRITE_AFTER_MS = 400;
/** What the person has changed here and the studio does not know yet; it outlives a reload. */
let changed: SettingsChange = {};
const LIGHT = matchMedia('(prefers-color-scheme: light)');

type Kept = Pick<UiState, 'localeChoice' | 'theme' | 'zoom' | 'layout' | 'shortcuts'>;
interface Copy {
  kept: Kept;
  unsent: SettingsChange;
}
const keptOf = ({ localeChoice, theme, zoom, layout, shortcuts }: UiState): Kept => ({
  localeChoice,
  theme,
  zoom,
  layout,
  shortcuts,
});

/** Before the first picture: what this browser remembers. */
export function recallInterface(): void {
  try {
    const { kept, unsent } = JSON.parse(localStorage.getItem(COPY) ?? '{}') as Partial<Copy>;
    uiStore.setState({ ...kept });
    changed = unsent ?? {};
  } catch {
    // Nothing remembered.
  }
  applyLook(uiStore.getState());
  LIGHT.addEventListener('change', () => applyLook(uiStore.getState()));
  uiStore.subscribe((state, before) => {
    if (state.theme !== before.theme || state.zoom !== before.zoom) applyLook(state);
  });
}

function applyLook({ theme, zoom }: Kept | UiState): void {
  const root = document.documentElement;
  root.dataset.theme = theme === 'system' ? (LIGHT.matches ? 'light' : 'dark') : theme;
  root.style.setProperty('--zoom', String(zoom));
}

export function startSettingsSync(signal: AbortSignal): void {
  let heard: Settings | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** On its way. What is heard meanwhile may be older than it. */
  let sent: SettingsChange | null = null;
  const write = async (): Promise<void> => {
    if (sent !== null || Object.keys(changed).length === 0) return;
    sent = changed;
    changed = {};
    let failed = false;
    try {
      await rpc.settings.set(sent);
    } catch {
      failed = true;
      changed = { ...sent, ...changed };
    }
    sent = null;
    remember(uiStore.getState());
    if (!failed) await write();
  };
  let listening = false;
  uiStore.subscribe((state, before) => {
    if (listening) return;
    const change: SettingsChange = {};
    if (state.localeChoice !== before.localeChoice) change.locale = state.localeChoice;
    if (state.theme !== before.theme) change.theme = state.theme;
    if (state.zoom !== before.zoom) change.zoom = state.zoom;
    if (state.layout !== before.layout) change.layout = { ...state.layout };
    if (state.route !== before.route && state.route.screen === 'workspace')
      change.lastProjectId = state.route.projectId;
    if (state.shortcuts !== before.shortcuts) change.shortcuts = { ...state.shortcuts };
    if (Object.keys(change).length === 0) return;
    changed = { ...changed, ...change };
    remember(state);
    if (state.theme !== before.theme) void desktop?.setTheme(state.theme);
    clearTimeout(timer);
    timer = setTimeout(() => void write(), WRITE_AFTER_MS);
  });

  void follow(
    (stop) => rpc.settings.watch({}, { signal: stop }),
    (settings) => {
      heard = settings;
      studioStore.setState({ settings });
      const mine = { ...sent, ...changed };
      listening = true;
      uiStore.setState({
        ...(mine.locale === undefined && { localeChoice: heard.locale }),
        ...(mine.theme === undefined && { theme: heard.theme }),
        ...(mine.zoom === undefined && { zoom: heard.zoom }),
        ...(mine.layout === undefined && { layout: heard.layout }),
        ...(mine.shortcuts === undefined && { shortcuts: heard.shortcuts }),
      });
      listening = false;
      remember(uiStore.getState());
      void write();
    },
    signal,
  );
}

function remember(state: UiState): void {
  try {
    localStorage.setItem(COPY, JSON.stringify({ kept: keptOf(state), unsent: changed } satisfies Copy));
  } catch {
    // The studio keeps it.
  }
}

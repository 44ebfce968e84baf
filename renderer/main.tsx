/** Starts the interface: look, language, line to the studio, then the first picture. */
import './styles/tokens.css';
import './styles/base.css';
import { createRoot } from 'react-dom/client';
import { startKeyboard } from './actions/keyboard.ts';
import { provideActions } from './actions/registry.ts';
import { shellActions } from './actions/shell/index.ts';
import { App } from './app.tsx';
import { connection } from './bridge/index.ts';
import { features } from './features/index.ts';
import { startDesktopEvents } from './shell/desktop-events.ts';
import { startLanguage } from './state/language.ts';
import { startProjectStore } from './state/project.ts';
import { recallInterface, startSettingsSync } from './state/settings-sync.ts';
import { startStudioStore } from './state/studio-store.ts';
import { startRouting, uiStore } from './state/ui-store.ts';

const life = new AbortController();
recallInterface();
startRouting();
connection.start();
// The first screen's code comes along with its words, not after them.
void (uiStore.getState().route.screen === 'workspace'
  ? import('./shell/workspace.tsx')
  : import('./features/projects/projects-screen.tsx'));
await Promise.all([startLanguage(), startProjectStore()]);
provideActions([...shellActions, ...features.flatMap((feature) => feature.actions ?? [])]);
startSettingsSync(life.signal);
startStudioStore(life.signal);
startKeyboard();
startDesktopEvents();
// A file let go beside every drop zone would replace the page.
for (const type of ['dragover', 'drop']) window.addEventListener(type, (event) => event.preventDefault());
createRoot(document.getElementById('root')!).render(<App />);

/** What a feature brings: panels for the shell's slots, dialogs, actions. Components are loaded when they are first shown. */
import type { LucideIcon } from 'lucide-react';
import type { ComponentType, LazyExoticComponent } from 'react';
import type { Action } from '../actions/action.ts';
import type { MessageKey } from '../i18n/index.ts';

/** `left` and `inspector` hold tabs, `tray` (in the top bar) any number of small things; the other slots hold one panel; `live` is the workspace's other view. */
export type SlotId =
  | 'left'
  | 'inspector'
  | 'stage'
  | 'live'
  | 'script'
  | 'timeline'
  | 'projects'
  | 'library'
  | 'settings'
  | 'tray';

export interface Panel {
  slot: SlotId;
  /** Of its tab. */
  id: string;
  title: MessageKey;
  icon: LucideIcon;
  component: LazyExoticComponent<ComponentType>;
}

export interface FeatureDialog {
  /** What openDialog is called with. */
  id: string;
  /** Draws a Dialog; `argument` is what openDialog was given. It closes itself by closeDialog(). */
  component: LazyExoticComponent<ComponentType<{ argument: unknown }>>;
}

export interface Feature {
  id: string;
  panels?: readonly Panel[];
  dialogs?: readonly FeatureDialog[];
  /** Always there while the studio is: tours, watchers. Loaded after the first picture. */
  background?: LazyExoticComponent<ComponentType>;
  actions?: readonly Action[];
}

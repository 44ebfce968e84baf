import type { MessageKey } from '../../i18n/index.ts';
import type { Panel } from '../../state/ui-store.ts';

export interface TourStep {
  id: string;
  /** `data-tour` of what it is about; null: nothing in particular. */
  at: string | null;
  /** Unfolded first. */
  panel?: Panel;
  title: MessageKey;
  text: MessageKey;
}

export const STEPS: readonly TourStep[] = [
  { id: 'welcome', at: null, title: 'tour.welcome', text: 'tour.welcomeText' },
  { id: 'script', at: 'script', panel: 'bottom', title: 'tour.script', text: 'tour.scriptText' },
  { id: 'stage', at: 'stage', title: 'tour.stage', text: 'tour.stageText' },
  { id: 'inspector', at: 'inspector', panel: 'inspector', title: 'tour.inspector', text: 'tour.inspectorText' },
  { id: 'timeline', at: 'timeline', panel: 'bottom', title: 'tour.timeline', text: 'tour.timelineText' },
  { id: 'export', at: 'export', title: 'tour.export', text: 'tour.exportText' },
];

/** English, the language that says which keys there are. */
import { emotion } from './emotion.ts';
import { exporting } from './export.ts';
import { library } from './library.ts';
import { live } from './live.ts';
import { models } from './models.ts';
import { portrait } from './portrait.ts';
import { preview } from './preview.ts';
import { projects } from './projects.ts';
import { providers } from './providers.ts';
import { script } from './script.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';
import { stage } from './stage.ts';
import { timeline } from './timeline.ts';
import { tour } from './tour.ts';
import { ui } from './ui.ts';
import { voice } from './voice.ts';
import { writing } from './writing.ts';

export const messages = {
  shell,
  ui,
  projects,
  portrait,
  voice,
  emotion,
  stage,
  script,
  writing,
  timeline,
  preview,
  export: exporting,
  library,
  live,
  settings,
  providers,
  models,
  tour,
};
export type Messages = typeof messages;

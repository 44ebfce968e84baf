/** Every feature, once. Tabs of a slot stand in this order. */

import { emotion } from './emotion/feature.ts';
import { exporting } from './export/feature.ts';
import type { Feature } from './feature.ts';
import { library } from './library/feature.ts';
import { live } from './live/feature.ts';
import { models } from './models/feature.ts';
import { portrait } from './portrait/feature.ts';
import { preview } from './preview/feature.ts';
import { projects } from './projects/feature.ts';
import { providers } from './providers/feature.ts';
import { script } from './script/feature.ts';
import { settings } from './settings/feature.ts';
import { stage } from './stage/feature.ts';
import { timeline } from './timeline/feature.ts';
import { tour } from './tour/feature.ts';
import { voice } from './voice/feature.ts';

export const features: readonly Feature[] = [
  projects,
  portrait,
  voice,
  emotion,
  stage,
  script,
  timeline,
  preview,
  exporting,
  live,
  library,
  settings,
  providers,
  models,
  tour,
];

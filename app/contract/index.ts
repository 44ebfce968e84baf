/** Every call and event between the interface and the studio. One file an area; the preview's binary channel is `preview-wire.ts`. */
import type { ContractRouterClient } from '@orpc/contract';
import { cloning } from './cloning.ts';
import { dictation } from './dictation.ts';
import { emotions } from './emotions.ts';
import { exports } from './exports.ts';
import { library } from './library.ts';
import { live } from './live.ts';
import { models } from './models.ts';
import { portraits } from './portraits.ts';
import { projects } from './projects.ts';
import { providers } from './providers.ts';
import { script } from './script.ts';
import { settings } from './settings.ts';
import { system } from './system.ts';
import { takes } from './takes.ts';
import { voices } from './voices.ts';
import { writing } from './writing.ts';

export const contract = {
  system,
  projects,
  portraits,
  voices,
  takes,
  script,
  writing,
  dictation,
  cloning,
  emotions,
  exports,
  library,
  live,
  models,
  settings,
  providers,
};
export type StudioContract = typeof contract;
/** What the interface holds: `await rpc.projects.list({})`. */
export type StudioClient = ContractRouterClient<StudioContract>;

export { UPLOAD_LIMIT_BYTES } from './limits.ts';

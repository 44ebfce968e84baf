/** The program of the engine's process, as the shell starts it: Node with all of the studio, without a window. */
import { openEngine } from '../../engine-process/engine.ts';
import { runEngine } from './engine-host.ts';

process.env.ORT_DISABLE_TELEMETRY = '1';

await runEngine({
  // Only Electron's utility processes have it.
  parent: process.parentPort,
  open: (shell) =>
    openEngine({
      secrets: shell.secrets,
      capabilities: { revealInFolder: true, chooseFolder: true },
      async reveal(path) {
        await shell.reveal(path);
      },
    }),
  exit: (code) => process.exit(code),
});

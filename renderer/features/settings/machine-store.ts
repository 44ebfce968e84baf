/** The last machine check of this session. */
import { createStore } from 'zustand/vanilla';
import type { MachineReport } from '../../../app/contract/system.ts';
import { rpc } from '../../bridge/index.ts';

interface MachineState {
  report: MachineReport | null;
  running: boolean;
  error: unknown;
}
export const machineStore = createStore<MachineState>(() => ({ report: null, running: false, error: null }));

export async function checkMachine(): Promise<void> {
  if (machineStore.getState().running) return;
  machineStore.setState({ running: true, error: null });
  try {
    machineStore.setState({ report: await rpc.system.checkMachine({}), running: false });
  } catch (error) {
    machineStore.setState({ error, running: false });
  }
}

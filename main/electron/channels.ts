/** Names of what passes between the shell and the preload script. */
export const CALL_CHANNEL = 'shenghua:call';
export const EVENT_CHANNEL = 'shenghua:event';
export const PORTS_CHANNEL = 'shenghua:ports';

/** Faults as words of a command line: `chat=unauthorised`, `tts-task=cut:20000`, `any=error:429:Throttling.RateQuota:Requests …`. */
import type { Fault, Surface } from './faults.ts';

const SURFACES: readonly Surface[] = [
  'chat',
  'generation',
  'embeddings',
  'rerank',
  'tts-task',
  'sambert',
  'asr-task',
  'qwen-tts',
  'realtime-tts',
  'realtime-asr',
  'isi',
  'isi-token',
  'green',
  'tasks',
  'uploads',
  'customization',
  'tokens',
  'any',
];
const WORD_MODES = ['sentence-end', 'cumulative', 'task-finished', 'untyped', 'duplicate'] as const;

export const FAULT_HELP = `<surface>=<fault>, surface one of ${SURFACES.join(', ')}; fault one of
  unauthorised  idle-timeout  wrong-content-type  captive-portal
  cut:<bytes>  stall:<chunks>  malformed-json:<chunks>  slow-first-byte:<ms>
  error:<status>:<code>:<message>  error-event:<chunks>:<code>:<message>
  words:<${WORD_MODES.join('|')}>`;

/** @throws RangeError that says what is meant */
export function readFault(words: string): { surface: Surface; fault: Fault } {
  const [, place = '', what = ''] = /^([\w-]+)=(.+)$/s.exec(words) ?? [];
  const surface = SURFACES.find((one) => one === place);
  const fault = surface === undefined ? null : faultOf(what);
  if (surface === undefined || fault === null) throw new RangeError(`No fault: ${words}\n${FAULT_HELP}`);
  return { surface, fault };
}

function faultOf(what: string): Fault | null {
  const [kind, ...rest] = what.split(':');
  const number = (at: number): number | null => (/^\d+$/.test(rest[at] ?? '') ? Number(rest[at]) : null);
  const first = number(0);
  switch (kind) {
    case 'unauthorised':
    case 'idle-timeout':
    case 'wrong-content-type':
    case 'captive-portal':
      return rest.length === 0 ? { kind } : null;
    case 'cut':
      return first === null ? null : { kind, afterBytes: first };
    case 'stall':
    case 'malformed-json':
      return first === null ? null : { kind, afterChunks: first };
    case 'slow-first-byte':
      return first === null ? null : { kind, ms: first };
    case 'error':
    case 'error-event': {
      const [, code = '', ...message] = rest;
      if (first === null || code === '') return null;
      const said = { code, message: message.join(':') || code };
      return kind === 'error' ? { kind, status: first, ...said } : { kind, afterChunks: first, ...said };
    }
    case 'words': {
      const mode = WORD_MODES.find((one) => one === rest[0]);
      return mode === undefined ? null : { kind, mode };
    }
    default:
      return null;
  }
}

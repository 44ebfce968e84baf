/** What a show is made of: three processes, as the supervisor knows them. Tests put others in their places. */
import { type Hub, type HubOptions, openHub } from '../../broadcast/hub/open-hub.ts';
import {
  openPublisher,
  type PublisherHandle,
  type PublisherOptions,
} from '../../broadcast/publisher/open-publisher.ts';
import { type SessionProcess, type SessionProcessOptions, startSessionProcess } from './session-process.ts';

export type HubPart = Pick<
  Hub,
  'pid' | 'publishUrl' | 'flvUrl' | 'tokens' | 'rtmpPort' | 'httpPort' | 'exited' | 'kill' | 'close'
>;
export type PublisherPart = Pick<
  PublisherHandle,
  'pid' | 'setSource' | 'setDestinations' | 'reconnectNow' | 'setRecording' | 'exited' | 'kill' | 'close'
>;

export interface LiveParts {
  /** @throws StudioError when it does not start; signal.reason */
  openHub(options: HubOptions): Promise<HubPart>;
  /** @throws StudioError when it does not start; signal.reason */
  openPublisher(options: PublisherOptions): Promise<PublisherPart>;
  startSession(options: SessionProcessOptions): SessionProcess;
}

export const studioParts: LiveParts = { openHub, openPublisher, startSession: startSessionProcess };

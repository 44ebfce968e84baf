/** The publisher's process: does what its parent says, tells once a second how it goes, ends with its parent. */
import { serveParent } from '../child.ts';
import { type FromPublisher, type ToPublisher, toPublisherSchema } from './protocol.ts';
import { Publisher } from './publisher.ts';

/** Until a recording's MP4 must be made; otherwise it is made at the next start. */
const FINISH_MS = 4_000;
/** Changes of state are told sooner than the next second, but not each by itself. */
const SOON_MS = 50;

let telling = false;
const publisher = new Publisher(() => {
  if (telling) return;
  telling = true;
  setTimeout(tell, SOON_MS);
});

const { send, end } = serveParent<ToPublisher, FromPublisher>(toPublisherSchema, {
  onMessage(message) {
    switch (message.type) {
      case 'source':
        publisher.setSource(message.flvUrl);
        break;
      case 'destinations':
        publisher.setDestinations(message.destinations);
        break;
      case 'reconnect':
        publisher.reconnectNow(message.id);
        break;
      case 'recording':
        publisher.setRecording(message.recording);
        break;
      case 'end':
        end();
        break;
    }
  },
  heartbeat: () => ({ type: 'status', status: publisher.status() }),
  onEnd: () => publisher.close(AbortSignal.timeout(FINISH_MS)),
});

function tell(): void {
  telling = false;
  void send({ type: 'status', status: publisher.status() });
}

await send({ type: 'ready' });

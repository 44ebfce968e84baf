/** The publisher's process: does what its parent says, tells once a second how it goes, ends with its parent. */
import { serveParent } from '../child.ts';
import { FINISH_MS, type FromPublisher, type ToPublisher, toPublisherSchema } from './protocol.ts';
import { Publisher } from './publisher.ts';

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
        end(FINISH_MS);
        break;
    }
  },
  heartbeat: () => ({ type: 'status', status: publisher.status() }),
  onEnd: (signal) => publisher.close(signal),
});

function tell(): void {
  telling = false;
  void send({ type: 'status', status: publisher.status() });
}

await send({ type: 'ready' });

/** The publisher's process, put together: one source, any number of destinations, one recorder. */

import { Destination } from './destination.ts';
import { HubSource } from './hub-source.ts';
import { LiveStream } from './live-stream.ts';
import type { DestinationSetup, PublisherStatus, RecordingSetup } from './protocol.ts';
import { Recorder } from './recorder.ts';

const nowMs = (): number => performance.now();
const wallMs = (): number => Date.now();

export class Publisher {
  readonly #onChange: () => void;
  readonly #stream = new LiveStream(nowMs);
  readonly #source: HubSource;
  /** In the order they were set. */
  #destinations: Destination[] = [];
  #recorder: Recorder | null = null;
  #recording: string | null = null;
  /** Ending, but not yet gone. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#source = new HubSource({
      onTag: (tag) => this.#stream.onTag(tag),
      onBegin: (same) => this.#stream.sourceBegins(same),
    });
  }

  setSource(flvUrl: string): void {
    this.#source.setUrl(flvUrl);
  }

  /** Those that stay as they are are not touched. */
  setDestinations(setups: readonly DestinationSetup[]): void {
    const before = new Map(this.#destinations.map((destination) => [destination.id, destination]));
    this.#destinations = setups.map(({ id, url, key }) => {
      const kept = before.get(id);
      if (kept?.matches(url, key)) {
        before.delete(id);
        return kept;
      }
      return new Destination({
        id,
        url,
        key,
        stream: this.#stream,
        nowMs,
        wallMs,
        random: Math.random,
        onChange: this.#onChange,
      });
    });
    for (const gone of before.values()) this.#leave(gone.close());
    this.#onChange();
  }

  reconnectNow(id: string): void {
    this.#destinations.find((destination) => destination.id === id)?.reconnectNow();
  }

  setRecording(setup: RecordingSetup | null): void {
    const wanted = setup === null ? null : JSON.stringify(setup);
    if (wanted === this.#recording) return;
    this.#recording = wanted;
    if (this.#recorder !== null) this.#leave(this.#recorder.close());
    this.#recorder =
      setup === null ? null : new Recorder({ setup, stream: this.#stream, nowMs, wallMs, onChange: this.#onChange });
    this.#onChange();
  }

  status(): PublisherStatus {
    return {
      stream: this.#stream.figures(),
      destinations: this.#destinations.map((destination) => destination.status()),
      recording: this.#recorder?.status() ?? {
        state: 'off',
        file: null,
        bytes: 0,
        durationMs: 0,
        finished: [],
        lastError: null,
      },
    };
  }

  /** Says goodbye to every server and finishes the recording. @param signal to finish it no further */
  async close(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#source.close(),
      ...this.#destinations.map((destination) => destination.close()),
      this.#recorder?.close(signal),
      ...this.#leaving,
    ]);
  }

  #leave(ending: Promise<void>): void {
    this.#leaving.add(ending);
    void ending.finally(() => this.#leaving.delete(ending));
  }
}

/** A model process whose one model does what it is told: counts, hangs, dies, runs out of memory. */
import { serveRuntime } from '../../../native-models/kit/serve.ts';

serveRuntime({
  async probe() {
    return 'counts';
  },
  async load(settings) {
    if (settings === 'deadly') process.abort();
    return {
      info: process.pid,
      model: {
        async run(work, { emit, input, signal }) {
          const { does, deathsOnly = false } = work as { does: string; deathsOnly?: boolean };
          // Told how often it died before: the next one does better.
          if (deathsOnly && process.argv[2] !== '0') return 'better';
          if (does === 'hang') for (;;);
          if (does === 'memory') throw new Error('std::bad_alloc');
          if (does === 'sum') {
            let sum = 0;
            for await (const piece of input) sum += piece as number;
            return sum;
          }
          for (let i = 0; i < 3; i++) emit(i);
          signal.throwIfAborted();
          return 'done';
        },
        async dispose() {},
      },
    };
  },
});

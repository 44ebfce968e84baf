import { useEffect, useState } from 'react';
import type { SamplePortrait } from '../../../../app/contract/portraits.ts';
import { connection, rpc } from '../../../bridge/index.ts';

let known: Promise<readonly SamplePortrait[]> | null = null;

/** The avatars that come with the studio; null until they are known. */
export function useSamples(): readonly SamplePortrait[] | null {
  const [samples, setSamples] = useState<readonly SamplePortrait[] | null>(null);
  useEffect(() => {
    let wanted = true;
    known ??= connection.whenOpen().then(() => rpc.portraits.samples({}));
    known.then(
      (list) => wanted && setSamples(list),
      () => {
        known = null;
      },
    );
    return () => {
      wanted = false;
    };
  }, []);
  return samples;
}

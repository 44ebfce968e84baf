/** What the studio finds in a recording; asked once for each. */
import { useEffect, useState } from 'react';
import type { ExaminedRecording } from '../../../../app/contract/voices.ts';
import type { AssetRef } from '../../../../app/document/asset.ts';
import { rpc } from '../../../bridge/index.ts';

const known = new Map<string, Promise<ExaminedRecording>>();

export function examine(asset: AssetRef): Promise<ExaminedRecording> {
  let examined = known.get(asset.sha256);
  if (examined === undefined) {
    examined = rpc.voices.examineRecording({ asset });
    known.set(asset.sha256, examined);
    examined.catch(() => known.delete(asset.sha256));
  }
  return examined;
}

export function useExamined(asset: AssetRef): { examined: ExaminedRecording | null; error: unknown } {
  const [state, setState] = useState<{ examined: ExaminedRecording | null; error: unknown }>({
    ...{ examined: null, error: null },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a file is its content.
  useEffect(() => {
    let gone = false;
    examine(asset).then(
      (examined) => gone || setState({ examined, error: null }),
      (error: unknown) => gone || setState({ examined: null, error }),
    );
    return () => {
      gone = true;
    };
  }, [asset.sha256]);
  return state;
}

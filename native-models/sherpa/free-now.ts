/** sherpa-onnx frees a model when its JavaScript object is collected, and the collector does not see how much hangs on it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | null = null;

export function freeNow(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  // Once this turn's references are gone.
  setImmediate(collect);
}

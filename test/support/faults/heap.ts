import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the heap that are still used after two full collections. */
export const usedHeap = (): number => {
  collect();
  collect(); // the second frees what finalizers of the first have released
  return process.memoryUsage().heapUsed;
};

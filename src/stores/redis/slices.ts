/** The maximum number of commands in flight for one caller. */
const SLICE_SIZE = 20;

/** Maps values with commands, a bounded number of them concurrently, and returns the results in the same order. */
export const inSlices = async <V, R>(values: readonly V[], act: (value: V) => Promise<R>): Promise<readonly R[]> => {
  const results: R[] = [];
  for (let start = 0; start < values.length; start += SLICE_SIZE) {
    results.push(...(await Promise.all(values.slice(start, start + SLICE_SIZE).map(act))));
  }
  return results;
};

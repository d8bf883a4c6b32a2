/** Reads an async iterable to its end. */
export const collect = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

/** Reads all pages of an async iterable. */
export const collectPages = async <T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> =>
  (await collect(pages)).flat();

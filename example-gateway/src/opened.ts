/** Functions that close what has been opened so far; they are called in reverse order. */
export type Opened = (() => unknown)[];

/** Closes what has been opened; a second call has nothing to close. */
export const closeAll = async (opened: Opened): Promise<void> => {
  for (const close of opened.splice(0).reverse()) await close();
};

/** The value that a function throws, or `undefined` if it returns. */
export const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

/** The reason of a rejected promise, or `undefined` if it resolves. */
export const rejectionOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

/** The message of the error that a promise is rejected with; empty if it resolves. */
export const messageOf = async (promise: Promise<unknown>): Promise<string> => {
  const thrown = await rejectionOf(promise);
  return thrown instanceof Error ? thrown.message : '';
};

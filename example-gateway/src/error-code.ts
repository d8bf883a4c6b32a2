/** The code of an error, such as ECONNREFUSED. Unlike the message, it can be logged safely. */
export const errorCode = (error: unknown): string => {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
};

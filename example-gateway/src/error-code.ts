/** The code word of an error, such as ECONNREFUSED: what may be told of it. */
export const errorCode = (error: unknown): string => {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
};

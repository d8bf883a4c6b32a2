/** Reads an environment variable; `undefined` if it is not set or empty. Throws if it is not a whole number. */
export const wholeNumberIn = (variable: string): number | undefined => {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  if (!/^-?\d+$/.test(text)) throw new Error(`${variable} must be a whole number, and is ${text}`);
  return Number(text);
};

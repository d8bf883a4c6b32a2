import { inspect } from 'node:util';

/** The parts of a base64 text that do not depend on its surroundings: for each of three alignments. */
const base64Cores = (secret: string, encoding: 'base64' | 'base64url'): readonly string[] =>
  [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const text = bytes.toString(encoding).replace(/=+$/, '');
    const cut = [0, 2, 3][before] ?? 0;
    return text.slice(cut, Math.floor((bytes.length * 8) / 6));
  });

const escaped = (secret: string): string => Buffer.from(secret).toString('hex').replace(/../g, '%$&');

/** The notations in which a secret could occur in a text: plain, base64 at any offset, percent-encoded, in hex. */
export const formsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  escaped(secret),
  escaped(secret).toUpperCase(),
  Buffer.from(secret).toString('hex'),
  Buffer.from(secret).toString('hex').toUpperCase(),
  ...base64Cores(secret, 'base64'),
  ...base64Cores(secret, 'base64url'),
];

/** The secrets that occur in the text, in any notation. */
export const secretsIn = (text: string, secrets: Iterable<string>): readonly string[] =>
  [...new Set(secrets)].filter((secret) => formsOf(secret).some((form) => text.includes(form)));

/** All output of a process while `act` runs: standard output, standard error, console and process warnings. */
export const capturedOutput = async (act: () => Promise<void>): Promise<readonly string[]> => {
  const output: string[] = [];
  const record = (...parts: readonly unknown[]): void => {
    output.push(
      ...parts.map((part) => (typeof part === 'string' ? part : inspect(part, { depth: 10, showHidden: true }))),
    );
  };
  const spies = [
    ...(['stdout', 'stderr'] as const).map((name) =>
      jest.spyOn(process[name], 'write').mockImplementation((chunk) => {
        record(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
        return true;
      }),
    ),
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      jest.spyOn(console, name).mockImplementation(record),
    ),
    // Node prints a warning in a later tick, and differently if standard error is a file.
    jest.spyOn(process, 'emitWarning').mockImplementation(record),
  ];
  try {
    await act();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return output;
};

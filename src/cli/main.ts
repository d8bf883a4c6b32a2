#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from './commands';
import { run } from './run';

const readVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
};

const { env: environment, stdin: input, stdout: output, stderr: errors } = process;

// A reader such as `head` may have closed the pipe.
for (const stream of [output, errors]) stream.on('error', () => undefined);

/** Resolves when everything that was written so far has been passed on, or the reader has gone. */
const flush = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });

const main = async (): Promise<void> => {
  const code = await run(COMMANDS, process.argv.slice(2), {
    environment,
    input,
    output,
    errors,
    version: readVersion(),
  });
  await Promise.all([flush(output), flush(errors)]);
  process.exit(code); // a module of --options may have opened connections and timers that it does not close
};

void main();

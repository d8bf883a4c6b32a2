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

void run(COMMANDS, process.argv.slice(2), { environment, input, output, errors, version: readVersion() }).then(
  (code) => {
    process.exitCode = code;
  },
);

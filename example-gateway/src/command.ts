import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isPort } from './configuration/address';
import { StartError } from './configuration/fault';
import { isMap } from './configuration/fields';
import { problemOfRedisUrl } from './configuration/redis-url';
import type { Environment } from './configuration/references';

/** The settings from the command line, PORT and REDIS_URL. */
export type Command = StartCommand | CheckCommand | { readonly kind: 'print'; readonly text: string };

/** The settings of a start. */
export interface StartCommand {
  readonly kind: 'start';
  readonly file: string;
  /** True if the file is the one that comes with the gateway. */
  readonly isDefaultFile: boolean;
  readonly port: number | undefined;
  readonly redis: string | undefined;
}

/** Checks the file, and starts nothing. */
export interface CheckCommand {
  readonly kind: 'check';
  readonly file: string;
}

const DEFAULT_FILE = join(__dirname, '..', 'gateway.yaml');

const USAGE = 'usage: npm start -- [--config FILE] [--port N] [--redis URL] [--check]';

const HELP = `${USAGE}

  --config FILE  the gateway's file, YAML or JSON; default: gateway.yaml of the example gateway
  --port N       the port to listen on; overrides the variable PORT, which overrides the file; 0 means any free port
  --redis URL    the address of Redis; overrides the variable REDIS_URL, which overrides the file
  --check        check the file as a start does, print its faults, and start nothing; exits with 1 if there are any
  --help, -h     print this help
  --version, -v  print the version

README.md in the folder of the default file describes every key.
`;

const readVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  return isMap(manifest) ? String(manifest['version']) : 'unknown';
};

const readFlags = (args: readonly string[]) => {
  try {
    const text = { type: 'string' } as const;
    const check = { type: 'boolean' } as const;
    const help = { type: 'boolean', short: 'h' } as const;
    const version = { type: 'boolean', short: 'v' } as const;
    const options = { config: text, port: text, redis: text, check, help, version };
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    const [sentence = ''] = (error as TypeError).message.split('. '); // what parseArgs throws
    throw new StartError([sentence, USAGE], 'gateway-command-line');
  }
};

/** Returns the flag's value or else the variable's. An empty variable counts as unset. */
const choose = (flag: string, given: string | undefined, variable: string, environment: Environment) => {
  if (given !== undefined) return { name: flag, value: given };
  const value = environment[variable];
  return value === undefined || value === '' ? undefined : { name: variable, value };
};

/** @throws StartError for unknown flags and invalid values */
export const readCommand = (args: readonly string[], environment: Environment): Command => {
  const flags = readFlags(args);
  if (flags.help === true) return { kind: 'print', text: HELP };
  if (flags.version === true) return { kind: 'print', text: `example-gateway ${readVersion()}\n` };
  const port = choose('--port', flags.port, 'PORT', environment);
  const redis = choose('--redis', flags.redis, 'REDIS_URL', environment);
  const redisProblem = redis === undefined ? undefined : problemOfRedisUrl(redis.value);
  const problems = [
    ...(flags.config === '' ? ['--config: must be the name of a file'] : []),
    ...(port !== undefined && !(/^\d{1,5}$/.test(port.value) && isPort(Number(port.value)))
      ? [`${port.name}: must be a port from 0 to 65535; 0 means any free port`]
      : []),
    ...(redisProblem === undefined ? [] : [`${redis?.name}: ${redisProblem}`]),
  ];
  if (problems.length > 0) throw new StartError([...problems, USAGE], 'gateway-command-line');
  const file = flags.config ?? DEFAULT_FILE;
  if (flags.check === true) return { kind: 'check', file };
  return {
    kind: 'start',
    file,
    isDefaultFile: flags.config === undefined,
    port: port === undefined ? undefined : Number(port.value),
    redis: redis?.value,
  };
};

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
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
  readonly redis: string | undefined;
}

const DEFAULT_FILE = join(__dirname, '..', 'gateway.yaml');

const FLAGS = '[--config FILE] [--port N] [--redis URL] [--check]';

const HELP = `
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

/** The line about the flags, for the command by which the gateway was started: its `bin`, or `npm start`. */
const usageOf = (program: string | undefined): string => {
  const isBin = program !== undefined && basename(program, '.js') === 'scopegate-gateway';
  return `usage: ${isBin ? 'scopegate-gateway' : 'npm start --'} ${FLAGS}`;
};

const readFlags = (args: readonly string[], usage: string) => {
  try {
    const text = { type: 'string' } as const;
    const check = { type: 'boolean' } as const;
    const help = { type: 'boolean', short: 'h' } as const;
    const version = { type: 'boolean', short: 'v' } as const;
    const options = { config: text, port: text, redis: text, check, help, version };
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    const [sentence = ''] = (error as TypeError).message.split('. '); // what parseArgs throws
    throw new StartError([sentence, usage], 'gateway-command-line');
  }
};

/** Returns the flag's value or else the variable's. An empty variable counts as unset. */
const choose = (flag: string, given: string | undefined, variable: string, environment: Environment) => {
  if (given !== undefined) return { name: flag, value: given };
  const value = environment[variable];
  return value === undefined || value === '' ? undefined : { name: variable, value };
};

/**
 * Reads the arguments and the variables.
 *
 * @param program the path of the script that was started
 * @throws StartError for unknown flags and invalid values
 */
export const readCommand = (args: readonly string[], environment: Environment, program?: string): Command => {
  const usage = usageOf(program);
  const flags = readFlags(args, usage);
  if (flags.help === true) return { kind: 'print', text: `${usage}\n${HELP}` };
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
  if (problems.length > 0) throw new StartError([...problems, usage], 'gateway-command-line');
  const file = flags.config ?? DEFAULT_FILE;
  if (flags.check === true) return { kind: 'check', file, redis: redis?.value };
  return {
    kind: 'start',
    file,
    isDefaultFile: flags.config === undefined,
    port: port === undefined ? undefined : Number(port.value),
    redis: redis?.value,
  };
};

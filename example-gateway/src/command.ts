import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isPort } from './configuration/address';
import { StartError } from './configuration/fault';
import { isRedisUrl, REDIS_URL_RULE } from './configuration/redis-url';
import type { Environment } from './configuration/references';

/** What was asked for on the command line and by PORT and REDIS_URL. */
export interface Command {
  readonly file: string;
  /** Whether the file is the one that comes with the gateway. */
  readonly isDefaultFile: boolean;
  readonly port: number | undefined;
  readonly redis: string | undefined;
}

const DEFAULT_FILE = join(__dirname, '..', 'gateway.yaml');

const USAGE = 'usage: npm start -- [--config FILE] [--port N] [--redis URL]';

const readFlags = (args: readonly string[]) => {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({ args: [...args], options: { config: text, port: text, redis: text }, strict: true }).values;
  } catch (error) {
    const [sentence = ''] = (error as TypeError).message.split('. '); // what parseArgs throws
    throw new StartError([sentence, USAGE]);
  }
};

/** A flag beats its variable. A variable that is empty is not set. */
const choose = (flag: string, given: string | undefined, variable: string, environment: Environment) => {
  if (given !== undefined) return { name: flag, value: given };
  const value = environment[variable];
  return value === undefined || value === '' ? undefined : { name: variable, value };
};

/** @throws StartError for what cannot be meant */
export const readCommand = (args: readonly string[], environment: Environment): Command => {
  const flags = readFlags(args);
  const port = choose('--port', flags.port, 'PORT', environment);
  const redis = choose('--redis', flags.redis, 'REDIS_URL', environment);
  const problems = [
    ...(flags.config === '' ? ['--config: must be the name of a file'] : []),
    ...(port !== undefined && !(/^\d{1,5}$/.test(port.value) && isPort(Number(port.value)))
      ? [`${port.name}: must be a port from 0 to 65535; 0 is any free one`]
      : []),
    ...(redis !== undefined && !isRedisUrl(redis.value) ? [`${redis.name}: ${REDIS_URL_RULE}`] : []),
  ];
  if (problems.length > 0) throw new StartError([...problems, USAGE]);
  return {
    file: flags.config ?? DEFAULT_FILE,
    isDefaultFile: flags.config === undefined,
    port: port === undefined ? undefined : Number(port.value),
    redis: redis?.value,
  };
};

import type { Cluster, Redis } from 'ioredis';
import { readConfiguration } from './configuration/configuration';
import type { Fields } from './configuration/fields';
import type { Environment } from './configuration/references';
import { urlOf } from './configuration/listen';
import { redisAt } from './redis';

/** The parts of a gateway file that the command `scopegate` uses. */
export interface GatewayFile {
  /** Creates a client of the file's Redis that is not connected; `undefined` if the file names none. */
  readonly openRedis: () => Redis | Cluster | undefined;
  /** The options of scopegate in the file. The issuer is the address in `listen` if the file has none. */
  readonly options: Fields;
}

/**
 * Reads and checks a gateway file without starting anything.
 * @throws StartError with one message for each fault
 */
export const readGatewayFile = (name: string, environment: Environment): GatewayFile => {
  const { redis, options, issuer, listen } = readConfiguration(name, environment);
  return {
    openRedis: () => (redis === undefined ? undefined : redisAt(redis)),
    options: { ...options, issuer: issuer ?? urlOf(listen) },
  };
};

import type { RedisLike } from '../stores/redis/redis-like';
import type { ScopegateOptions } from '../options/options';
import { loadGatewayModule } from './gateway-module';

/** The parts of a gateway file that commands use. */
export interface GatewayFile {
  /** A client of the file's Redis that is not connected; `undefined` if the file names none. */
  readonly openRedis: () => RedisLike | undefined;
  /** The options of scopegate in the file. The issuer is the address in `listen` if the file has none. */
  readonly options: ScopegateOptions;
}

interface Reader {
  /** @throws StartError with one message for each fault */
  readGatewayFile(name: string, environment: Readonly<Record<string, string | undefined>>): GatewayFile;
}

/** Reads and checks a gateway file. @throws StartError with one message for each fault */
export const readGatewayFile = (
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): GatewayFile => {
  const reader = loadGatewayModule('gateway-file.js', 'Reading the file of the gateway') as Reader;
  return reader.readGatewayFile(name, environment);
};

import type { ScopegateOptions } from '../options/options';
import { checkOptions } from '../options/settings';
import type { RedisLike } from '../stores/redis/redis-like';
import type { Run } from './command';
import { WrongUse } from './failure';
import { readGatewayFile, type GatewayFile } from './gateway-file';
import { readOptionsFile } from './options-file';
import { createClient } from './redis-client';
import { readDefaultAddress, readStoreAddress } from './store-flags';

/** The store of the gates that a command is about. */
export interface Store {
  /** Holds the address. It is connected only if the file of `--options` has connected it. */
  readonly client: RedisLike;
  readonly prefix: string | undefined;
  /** The options in the file of the gateway or of `--options`, if one was given. */
  readonly options: ScopegateOptions | undefined;
  /** Closes the client, and the one in the file of `--options`. */
  readonly close: () => void;
}

const readFile = async ({ values, environment }: Run): Promise<GatewayFile | undefined> => {
  const { config, options: file } = values;
  if (config !== undefined && file !== undefined) throw new WrongUse('Give one of --config and --options');
  if (config !== undefined) return readGatewayFile(config, environment);
  if (file === undefined) return undefined;
  const options = await readOptionsFile(file);
  return { options, openRedis: () => options.redis };
};

const clientOf = async (run: Run, file: GatewayFile | undefined): Promise<RedisLike> => {
  const address = await readStoreAddress(run);
  if (address !== undefined) return createClient(address);
  const client = file?.openRedis();
  if (client !== undefined) return client;
  if (run.values['config'] !== undefined) {
    throw new WrongUse('The file of the gateway has no redis, so its records are in the memory of the gateway');
  }
  return createClient(await readDefaultAddress(run));
};

/**
 * Finds the store that the options name.
 * @throws WrongUse; ConfigurationError for the prefix; StartError and OptionsFault for faults in a file
 */
export const findStore = async (run: Run): Promise<Store> => {
  const { prefix } = run.values;
  if (prefix !== undefined) checkOptions({ issuer: 'http://127.0.0.1', prefix });
  const file = await readFile(run);
  const ofFile = file?.options.redis;
  try {
    const client = await clientOf(run, file);
    const close = (): void => {
      client.disconnect();
      if (ofFile !== client) ofFile?.disconnect();
    };
    return { client, prefix: prefix ?? file?.options.prefix, options: file?.options, close };
  } catch (error) {
    ofFile?.disconnect();
    throw error;
  }
};

import type { ScopegateOptions } from '../options/options';
import { checkOptions } from '../options/settings';
import type { RedisLike } from '../stores/redis/redis-like';
import type { Run } from './command';
import { WrongUse } from './failure';
import { readGatewayFile, type GatewayFile } from './gateway-file';
import { createClient } from './redis-client';
import { readStoreAddress } from './store-flags';

/** The store of the gates that a command is about. */
export interface Store {
  /** Holds the address, and is not connected. */
  readonly client: RedisLike;
  readonly prefix: string | undefined;
  /** The options in the gateway's file, if one was given. */
  readonly options: ScopegateOptions | undefined;
}

const clientOf = async (run: Run, file: GatewayFile | undefined): Promise<RedisLike> => {
  const address = await readStoreAddress(run);
  if (address !== undefined) return createClient(address);
  const client = file?.openRedis();
  if (client === undefined) {
    throw new WrongUse('The file of the gateway has no redis, so its records are in the memory of the gateway');
  }
  return client;
};

/** Finds the store that the options name. @throws WrongUse; ConfigurationError for the prefix; StartError for faults in the gateway's file */
export const findStore = async (run: Run): Promise<Store> => {
  const { config, prefix } = run.values;
  const file = config === undefined ? undefined : readGatewayFile(config, run.environment);
  if (prefix !== undefined) checkOptions({ issuer: 'http://127.0.0.1', prefix });
  return {
    client: await clientOf(run, file),
    prefix: prefix ?? file?.options.prefix,
    options: file?.options,
  };
};

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RedisLike } from '../stores/redis/redis-like';
import type { ScopegateOptions } from '../options/options';
import { Problem } from './failure';

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

/** Built beside this package, and not a part of `src/`: so its path is resolved at run time. */
const READER = join(__dirname, '..', '..', 'example-gateway', 'dist', 'gateway-file.js');

const load = createRequire(__filename);

const missingModuleOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'MODULE_NOT_FOUND') return undefined;
  return /^Cannot find module '([^']*)'/.exec(error.message)?.[1];
};

const loadReader = (): Reader => {
  try {
    return load(READER) as Reader;
  } catch (error) {
    const missing = missingModuleOf(error);
    if (missing === undefined) throw error;
    throw new Problem(
      missing === READER
        ? 'The example gateway, which reads its file, is not built: npm run build'
        : `Reading the file of the gateway needs the package ${missing}: npm install ${missing}`,
    );
  }
};

/** Reads and checks a gateway file. @throws StartError with one message for each fault */
export const readGatewayFile = (name: string, environment: Readonly<Record<string, string | undefined>>): GatewayFile =>
  loadReader().readGatewayFile(name, environment);

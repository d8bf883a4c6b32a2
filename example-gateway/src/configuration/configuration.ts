import { checkOptions, ConfigurationError, scopegate, type Gate, type ScopegateOptions } from 'scopegate';
import type { Address } from './address';
import { readApis, type MountedApi } from './apis';
import { refuseContextsOfPages } from './contexts';
import type { Version } from './differences';
import { Faults, printPath, type Fault } from './fault';
import { isMap, readFields, type Fields } from './fields';
import { readHeaders } from './headers';
import { OWN_KEYS } from './key-kinds';
import { readListen, type Listen } from './listen';
import { readLog, type LogSettings } from './log';
import { readMetrics } from './metrics';
import { otherContents } from './other-contents';
import { readPortal, type Portal } from './portal';
import { readRedis, type RedisAddress } from './redis';
import type { Environment } from './references';
import { readSecretFiles } from './secret-files';
import { readShutdown, type Shutdown } from './shutdown';
import { readTrustProxy, type TrustProxy } from './trust-proxy';
import { isWildcard } from './wildcard';
import { readWorkers } from './workers';
import { YamlFile } from './yaml-file';

/** The checked contents of the file. */
export interface Configuration {
  readonly listen: Listen;
  readonly log: LogSettings;
  /** The address of the metrics listener; left out: no metrics are served. */
  readonly metrics: Address | undefined;
  /** The portal; left out: none is mounted. */
  readonly portal: Portal | undefined;
  /** The address of Redis; left out: the embedded stores. */
  readonly redis: RedisAddress | undefined;
  /** The proxies whose forwarding headers are trusted. */
  readonly trustProxy: TrustProxy;
  /** Header names to remove from client requests, in addition to the built-in list. */
  readonly strippedHeaders: readonly string[];
  readonly shutdown: Shutdown;
  /** The number of processes that serve requests. */
  readonly workers: number;
  /** The file's `issuer`; left out: the address that the gateway listens on. */
  readonly issuer: string | undefined;
  readonly apis: readonly MountedApi[];
  /** The options of scopegate that a file can set, under the same names. */
  readonly options: Fields;
  /** The values that a reload compares with the next version of the file. */
  readonly version: Version;
  /** Reports faults that are found later, with line and column. @throws StartError if there are any */
  readonly refuse: (faults: readonly Fault[]) => void;
}

// The source of each scopegate option. Typed as a complete record, so that a new option must be added here.
const optionSources: Readonly<Record<keyof ScopegateOptions, 'file' | 'gateway' | 'code'>> = {
  issuer: 'file',
  scopes: 'file',
  plans: 'file',
  apis: 'file',
  redis: 'gateway',
  memory: 'gateway',
  redisMayEvict: 'file',
  users: 'file',
  organizations: 'file',
  applications: 'file',
  tokens: 'file',
  paths: 'file',
  authorization: 'code',
  realm: 'file',
  prefix: 'file',
  deadline: 'file',
  usersDeadline: 'file',
  cache: 'file',
  errors: 'file',
  metrics: 'gateway',
  ungrantedScopes: 'file',
  scopesWithoutRoleCheck: 'file',
  cors: 'file',
  usage: 'file',
  requireTls: 'file',
  passwords: 'file',
  passwordGrant: 'file',
  throttle: 'file',
  limits: 'file',
  logger: 'code',
  clock: 'code',
};

const KNOWN_KEYS = [
  ...OWN_KEYS,
  ...Object.entries(optionSources).flatMap(([name, place]) => (place === 'file' ? [name] : [])),
];

const WILDCARD_RULE =
  'is a wildcard address, which clients cannot connect to; set issuer to the address at which they reach the gateway, such as https://api.example.com';

/** Casts options that come from a file: scopegate checks at run time what the compiler cannot. */
const asOptions = (options: Fields): ScopegateOptions => options as unknown as ScopegateOptions;

export const gateFrom = (options: Fields): Gate => scopegate(asOptions(options));

/** Reports the faults that scopegate finds in the options. */
const faultsOfOptions = (options: Fields): readonly Fault[] => {
  try {
    checkOptions(asOptions({ issuer: 'http://127.0.0.1', ...options }));
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
};

/**
 * Reads and checks a gateway file: YAML, environment, the gateway's own keys and all that scopegate checks.
 *
 * @throws StartError with one message for each fault
 */
export const readConfiguration = (name: string, environment: Environment): Configuration => {
  const file = new YamlFile(name);
  const faults = new Faults();
  const value = readSecretFiles(file.read(environment, faults), faults, name);
  if (!isMap(value)) faults.add([], 'must be a map with keys such as listen, scopes and apis');
  const keys = readFields(faults, isMap(value) ? value : {}, [], KNOWN_KEYS);
  const { listen, log, metrics, redis, portal, trustProxy, headers, shutdown, workers, ...rest } = keys;

  const checkedListen = readListen(faults, listen, name);
  const checkedLog = readLog(faults, log);
  const checkedMetrics = readMetrics(faults, metrics);
  const checkedRedis = readRedis(faults, redis, name);
  if (rest['issuer'] === undefined && isWildcard(checkedListen.host)) faults.add(['listen', 'host'], WILDCARD_RULE);
  const checkedTrustProxy = readTrustProxy(faults, trustProxy);
  const strippedHeaders = readHeaders(faults, headers);
  const checkedShutdown = readShutdown(faults, shutdown);
  const checkedWorkers = readWorkers(faults, workers);
  const apis = readApis(faults, rest['apis'], name);
  const options: Fields = { ...rest, ...(apis === undefined ? {} : { apis: apis.declared }) };
  refuseContextsOfPages(faults, options);
  const checkedPortal = readPortal(faults, portal, { file: name, options });
  const reported = new Set(faults.all.map(({ path }) => printPath(path)));
  const others = isMap(value) ? faultsOfOptions(options).filter(({ path }) => !reported.has(printPath(path))) : [];
  file.refuse([...faults.all, ...others.map((fault) => apis?.relocate(fault) ?? fault)]);

  const { issuer } = options;
  return {
    listen: checkedListen,
    log: checkedLog,
    metrics: checkedMetrics,
    portal: checkedPortal,
    trustProxy: checkedTrustProxy,
    strippedHeaders,
    shutdown: checkedShutdown,
    workers: checkedWorkers,
    redis: checkedRedis,
    issuer: typeof issuer === 'string' ? issuer : undefined,
    apis: apis?.mounted ?? [],
    options,
    version: {
      value: isMap(value) ? value : {},
      others: otherContents({ listen: checkedListen, redis: checkedRedis, options }),
    },
    refuse: (found) => file.refuse(found),
  };
};

import { WrongUse } from './failure';
import type { Flags, Run } from './command';
import { readSecret } from './secret-source';
import { readTls, type Tls } from './tls-files';

/** Options that say where the gates keep their records. */
export const STORE_FLAGS = {
  redis: { value: 'URL', doc: 'Redis: redis://, rediss:// for TLS, or a socket path; default: the variable REDIS_URL' },
  sentinels: { value: 'HOST:PORT,…', doc: 'Sentinels, with --sentinel-name' },
  'sentinel-name': { value: 'NAME', doc: 'name of the primary that the Sentinels know' },
  cluster: { value: 'HOST:PORT,…', doc: 'nodes of a Redis Cluster' },
  'redis-user': { value: 'NAME', doc: 'user of Redis' },
  'redis-password-file': { value: 'FILE', doc: 'file with the password of Redis' },
  'sentinel-password-file': { value: 'FILE', doc: 'file with the password of the Sentinels' },
  tls: { doc: 'connect to Sentinels and their servers, or to the nodes of a Cluster, with TLS' },
  ca: { value: 'FILE', doc: 'certificate of the authority that signed those of Redis, PEM; default: those of Node' },
  cert: { value: 'FILE', doc: 'client certificate for Redis, PEM, with --cert-key' },
  'cert-key': { value: 'FILE', doc: 'key of the client certificate, PEM' },
  config: { value: 'FILE', doc: "the gateway's file: address, prefix and declared records are taken from it" },
  options: {
    value: 'FILE',
    doc: 'a module or JSON file that exports the options of scopegate(): its redis, prefix and declared records',
  },
  prefix: { value: 'PREFIX', doc: "prefix of the gates' keys; default: sg:" },
} satisfies Flags;

/** An address of a server. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

interface Credentials {
  readonly username?: string;
  readonly password?: string;
}

/** The address of Redis in one of its three topologies. */
export type StoreAddress = Credentials &
  (
    | { readonly kind: 'url'; readonly url: string; readonly tls?: Tls }
    | {
        readonly kind: 'sentinels';
        readonly sentinels: readonly HostAndPort[];
        readonly name: string;
        readonly sentinelPassword?: string;
        readonly tls?: Tls;
      }
    | { readonly kind: 'cluster'; readonly nodes: readonly HostAndPort[]; readonly tls?: Tls }
  );

const SERVER = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/;
const MAX_PORT = 65_535;

const readServers = (text: string, flag: string): readonly HostAndPort[] =>
  text.split(',').map((server) => {
    const [, host = '', port = ''] = SERVER.exec(server.trim()) ?? [];
    if (host === '' || Number(port) < 1 || Number(port) > MAX_PORT) {
      throw new WrongUse(`--${flag} must be host:port,host:port`);
    }
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  });

const URL_RULE = 'must be redis://host:port, rediss://host:port for TLS, or the path of a Unix socket';

/** Checks a URL. The message does not quote it: it may hold a password. */
const checkUrl = (url: string, name: string): string => {
  if (/^(?:unix:\/\/)?\/[^/]/.test(url)) return url;
  try {
    const { protocol, hostname } = new URL(url);
    if (['redis:', 'rediss:'].includes(protocol) && hostname !== '') return url;
  } catch {
    // Reported like a URL of another kind.
  }
  throw new WrongUse(`${name} ${URL_RULE}`);
};

/** Refuses options of TLS for an address without it. */
const checkTls = (url: string, tls: Tls | undefined): string => {
  if (tls === undefined || url.startsWith('rediss://')) return url;
  throw new WrongUse('--tls, --ca and --cert need TLS: write the address with rediss://');
};

const readPassword = async (run: Run, flag: string): Promise<string | undefined> => {
  const file = run.values[flag];
  if (file === '-') throw new WrongUse(`--${flag} must be a file: standard input is for the command`);
  return file === undefined ? undefined : readSecret(file, run);
};

const readCredentials = async (run: Run): Promise<Credentials> => {
  const username = run.values['redis-user'];
  const password = await readPassword(run, 'redis-password-file');
  return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
};

const refuseWithout = (run: Run, flag: string, names: readonly string[]): void => {
  const given = names.find((name) => run.values[name] !== undefined);
  if (given !== undefined) throw new WrongUse(`--${given} is for --${flag}`);
};

/** Reads the address of Redis in the options; `undefined` if there is none. @throws WrongUse if several are given */
export const readStoreAddress = async (run: Run): Promise<StoreAddress | undefined> => {
  const { values } = run;
  const { redis, sentinels, cluster } = values;
  const given = [redis, sentinels, cluster].filter((value) => value !== undefined);
  if (given.length > 1) throw new WrongUse('Give one of --redis, --sentinels and --cluster');
  const credentials = await readCredentials(run);
  const tls = await readTls(values);
  const ofTls = tls === undefined ? {} : { tls };
  if (sentinels === undefined) refuseWithout(run, 'sentinels', ['sentinel-name', 'sentinel-password-file']);
  if (sentinels !== undefined) {
    const name = values['sentinel-name'];
    if (name === undefined) throw new WrongUse('--sentinel-name is missing');
    const sentinelPassword = await readPassword(run, 'sentinel-password-file');
    const ofSentinels = sentinelPassword === undefined ? {} : { sentinelPassword };
    const servers = readServers(sentinels, 'sentinels');
    return { kind: 'sentinels', sentinels: servers, name, ...ofTls, ...ofSentinels, ...credentials };
  }
  if (cluster !== undefined) {
    return { kind: 'cluster', nodes: readServers(cluster, 'cluster'), ...ofTls, ...credentials };
  }
  if (redis === undefined) return undefined;
  return { kind: 'url', url: checkTls(checkUrl(redis, '--redis'), tls), ...ofTls, ...credentials };
};

/** Reads the address of Redis in the variable REDIS_URL. @throws WrongUse if it is not set */
export const readDefaultAddress = async (run: Run): Promise<StoreAddress> => {
  const { REDIS_URL: url = '' } = run.environment;
  if (url !== '') {
    const tls = await readTls(run.values);
    const address = { kind: 'url', url: checkTls(checkUrl(url, 'REDIS_URL'), tls) } as const;
    return { ...address, ...(tls === undefined ? {} : { tls }), ...(await readCredentials(run)) };
  }
  throw new WrongUse(
    'Give the address of Redis: --redis, --sentinels, --cluster, --config, --options, or the variable REDIS_URL',
  );
};

import type { ImportedGateway } from '../imported-gateway';
import type { ImportReport } from '../report';
import type { SourceNode } from '../source-node';
import { withReferences } from './environment';

const MAX_ACCESS_LIFETIME = 2_592_000;
const MAX_REFRESH_LIFETIME = 31_536_000;
const DEFAULT_MAX_ACCESS_LIFETIME = 86_400;

const secondsOf = (node: SourceNode, max: number): number | undefined => {
  const milliseconds = node.number();
  return milliseconds === undefined ? undefined : Math.min(Math.max(Math.ceil(milliseconds / 1_000), 1), max);
};

const readTokens = (system: SourceNode, report: ImportReport): ImportedGateway['tokens'] => {
  const [access, refresh] = [system.get('accessTokens').map(), system.get('refreshTokens').map()];
  const accessTokenLifetime = secondsOf(access.get('timeToExpiry'), MAX_ACCESS_LIFETIME);
  const refreshTokenLifetime = secondsOf(refresh.get('timeToExpiry'), MAX_REFRESH_LIFETIME);
  if (accessTokenLifetime !== undefined) report.take(access.get('timeToExpiry'), 'tokens.accessTokenLifetime');
  if (refreshTokenLifetime !== undefined) report.take(refresh.get('timeToExpiry'), 'tokens.refreshTokenLifetime');
  if (access.get('tokenType').text() === 'jwt') {
    report.gap(
      access.get('tokenType'),
      'Tokens are not JWTs',
      'Upstreams read X-Authenticated-*; other servers use /introspect',
    );
  }
  access.ignore('issuer', 'audience', 'subject', 'algorithm', 'secretOrPrivateKey', 'secretOrPrivateKeyFile');
  const codes = system.get('authorizationCodes').map().get('timeToExpiry');
  if (codes.isPresent)
    report.gap(codes, 'Authorization codes are valid for 60 seconds', 'Clients exchange a code immediately');
  const tokens = {
    ...(accessTokenLifetime === undefined ? {} : { accessTokenLifetime }),
    ...(refreshTokenLifetime === undefined ? {} : { refreshTokenLifetime }),
    ...((accessTokenLifetime ?? 0) > DEFAULT_MAX_ACCESS_LIFETIME
      ? { maxAccessTokenLifetime: MAX_ACCESS_LIFETIME }
      : {}),
  };
  return Object.keys(tokens).length === 0 ? undefined : tokens;
};

const HOST = /^[A-Za-z0-9.:_-]{1,253}$/;

const readServers = (node: SourceNode): readonly { host: string; port: number }[] =>
  node.items().flatMap((item) => {
    const host = item.map().get('host').text() ?? '127.0.0.1';
    const port = item.get('port').number() ?? 26_379;
    if (HOST.test(host) && Number.isInteger(port) && port >= 1 && port <= 65_535) return [{ host, port }];
    return item.fault('must have a host and a port') ?? [];
  });

const readRedis = (db: SourceNode, report: ImportReport): ImportedGateway['redis'] => {
  const redis = db.map().get('redis').map();
  if (!redis.isPresent) return undefined;
  redis.ignore('emulate', 'namespace', 'host', 'port', 'db', 'password', 'tls', 'sentinels', 'name', 'path');
  const namespace = redis.get('namespace').text();
  if (namespace !== undefined) {
    report.gap(
      redis.get('namespace'),
      'Keys begin with sg:, and old records are not read',
      'Set prefix if several gateways share one Redis',
    );
  }
  if (redis.get('emulate').value === true || redis.get('emulate').value === 'true') {
    report.take(redis.get('emulate'), 'redis: left out, so tokens are kept in the process until it ends');
    return undefined;
  }
  report.take(redis, 'redis');
  const password = redis.get('password').isPresent
    ? { password: report.variable('REDIS_PASSWORD', 'The password of Redis') }
    : {};
  const tls = redis.get('tls').isPresent && redis.get('tls').value !== false ? { tls: true } : {};
  if (redis.get('tls').isPresent)
    report.gap(redis.get('tls'), 'Certificates of Redis are named in other keys', 'Set redis.tls.ca, cert and key');
  const sentinels = readServers(redis.get('sentinels'));
  const database = redis.get('db').number();
  if (sentinels.length > 0) {
    const name = redis.get('name').text() ?? 'mymaster';
    return { sentinels, name, ...password, ...(database === undefined ? {} : { db: database }), ...tls };
  }
  const path = redis.get('path').text();
  const host = withReferences(redis.get('host').text() ?? '127.0.0.1', report, 'The host of Redis', '127.0.0.1');
  const port = withReferences(redis.get('port').text() ?? '6379', report, 'The port of Redis', '6379');
  const scheme = 'tls' in tls ? 'rediss' : 'redis';
  const url = path ?? `${scheme}://${host}:${port}${database === undefined ? '' : `/${database}`}`;
  return 'password' in password ? { url, ...password } : url;
};

/** Reads `system.config.yml`. */
export const readSystemConfig = (
  system: SourceNode | undefined,
  report: ImportReport,
): Pick<ImportedGateway, 'redis' | 'tokens'> => {
  if (system === undefined) return {};
  for (const [name, plugin] of system.get('plugins').entries()) {
    report.gap(
      plugin,
      `The plugin ${name} has no counterpart`,
      'Do its work in the upstream, or in your own Express app with the library',
    );
  }
  // Tokens and secrets are stored as digests, and sessions of browsers need no secret.
  system.ignore('crypto', 'session', 'cli');
  const redis = readRedis(system.get('db'), report);
  const tokens = readTokens(system, report);
  return { ...(redis === undefined ? {} : { redis }), ...(tokens === undefined ? {} : { tokens }) };
};

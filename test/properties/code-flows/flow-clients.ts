import { aCodeClient, type CodeClient } from '../../support/authorize/code-client';
import { portalOptions, servePortal, type ServedPortal } from '../../support/portal/served-portal';
import type { StepOf } from './flow-steps';

export interface FlowClient extends CodeClient {
  readonly redirectUris: readonly string[];
  /** Changed when its subscriptions change. */
  apis: readonly string[];
}

/** The scopes of each API. */
export const SCOPES_OF: Readonly<Record<string, readonly string[]>> = { orders: ['read', 'update'], stock: ['count'] };

/** The scopes that need the role clerk. */
export const CLERK_SCOPES: ReadonlySet<string> = new Set(['update']);

const CLIENTS = [
  { name: 'One', redirectUris: ['https://one.example/callback'], subscriptions: ['orders'] },
  { name: 'Two', redirectUris: ['http://127.0.0.1/two', 'https://two.example/'], subscriptions: ['orders', 'stock'] },
  { name: 'Three', redirectUris: ['com.example.three:/callback'], subscriptions: ['stock'], public: true },
];

/** A portal with two APIs, two users that can change, and three clients. */
export const openFlowPortal = async () => {
  const { scopes, apis, users } = portalOptions();
  const stock = { resources: [{ path: '/', methods: ['GET'], scopes: ['count'] }] };
  const options = {
    scopes: { ...(scopes as object), count: 'Count' },
    apis: { ...apis, stock },
    users: users as never,
    throttle: false as const,
    limits: { authorizationsPerNetwork: false as const },
  };
  const portal: ServedPortal = await servePortal(options);
  for (const username of ['kim', 'lee'])
    await portal.gate.directory.users.create({
      username,
      organization: 'johnsorg',
      password: `${username}-password`,
      roles: ['clerk'],
    });
  const clients: FlowClient[] = [];
  for (const given of CLIENTS) {
    const client = await aCodeClient(portal, given);
    clients.push({ ...client, redirectUris: given.redirectUris, apis: given.subscriptions });
  }
  return { portal, clients };
};

/** Returns a redirect URI that differs from the right one of a client in one way. */
export const changedRedirect = (
  { redirectUris: [uri = ''] }: FlowClient,
  other: FlowClient,
  change: StepOf<'open'>['redirect'],
): string | readonly string[] => {
  const changes: Readonly<Record<typeof change, string | readonly string[]>> = {
    same: uri,
    port: uri.replace(/^(https?:\/\/[^/]+)/, '$1:50123'),
    'other client': other.redirectUris[0] ?? '',
    'user info': uri.replace('://', '://evil.example@'),
    path: `${uri}/../evil`,
    'host suffix': uri.replace(/^(https?:\/\/[^/]+)/, '$1.evil.example'),
    case: uri.toUpperCase(),
    slash: `${uri}/`,
    fragment: `${uri}#evil`,
    encoded: encodeURIComponent(uri),
    script: 'javascript:alert(1)//https://one.example/callback',
    'protocol-relative': '//evil.example/callback',
    two: [uri, 'https://evil.example/'],
  };
  return changes[change];
};

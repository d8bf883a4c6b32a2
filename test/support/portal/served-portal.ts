import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import { scopegate, type Gate, type PortalOptions, type ScopegateOptions } from 'scopegate';
import { cheapPasswords, recordedLogger, type LogLine } from '../gate/gate';
import type { StoreOptions } from '../stores/every-store';

type Options = ScopegateOptions;

export const ANA = { username: 'ana@johnsorg', password: 'correct horse' } as const;
/** Has no role. */
export const BEN = { username: 'ben@johnsorg', password: 'battery staple' } as const;
/** Rules johnsorg. */
export const ADA = { username: 'ada@johnsorg', password: 'ada-password' } as const;
/** Rules another organization. */
export const EVE = { username: 'eve@evilcorp', password: 'eve-password' } as const;

const userOf = (
  { username, password }: { readonly username: string; readonly password: string },
  roles: readonly string[],
) => {
  const [name = '', organization = ''] = username.split('@');
  return { username: name, organization, password, roles };
};

export const portalOptions = (): Omit<Options, 'issuer'> => ({
  scopes: { read: 'See orders', update: { description: 'Change orders', roles: ['clerk'] } },
  apis: {
    orders: {
      title: 'Orders',
      version: '1.0.0',
      resources: [
        { path: '/', methods: ['GET'], scopes: ['read'] },
        { path: '/:id', methods: ['PUT'], scopes: ['update'] },
        { path: '/health', methods: ['GET'], public: true },
      ],
    },
  },
  organizations: [{ key: 'johnsorg', name: "John's organization" }, { key: 'evilcorp' }],
  users: [userOf(ANA, ['clerk']), userOf(BEN, []), userOf(ADA, ['admin']), userOf(EVE, ['admin'])],
  applications: [
    {
      name: 'Declared app',
      owner: ANA.username,
      consumerKey: 'key',
      consumerSecret: 'declared-secret',
      subscriptions: ['orders'],
    },
  ],
  passwords: cheapPasswords,
});

/** Lets anyone create an account in the first organization of `portalOptions`. */
export const openSignUp: ServeOptions = { portal: { signUp: { organizations: ['johnsorg'] } } };

export interface ServedPortal {
  /** The address of the gateway; the portal is at `/store`. */
  readonly url: string;
  readonly gate: Gate;
  readonly lines: readonly LogLine[];
  close(): Promise<void>;
}

const open = new Set<ServedPortal>();

afterAll(async () => {
  for (const served of open) await served.close();
});

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = express().listen(port, '127.0.0.1', (error?: Error) => (error ? reject(error) : resolve(server)));
  });

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

export interface ServeOptions {
  /** @default a free one */
  readonly port?: number;
  readonly portal?: PortalOptions;
  /** Express settings, such as "trust proxy". */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Changes a request before Express reads it, as a proxy in front would. */
  readonly proxy?: (request: IncomingMessage) => void;
  /** @default Express 5 */
  readonly createApp?: () => Express;
  /** Answers requests behind the guard of orders. @default JSON with the user */
  readonly upstream?: RequestHandler;
  /** False if the gate does not become ready. @default true */
  readonly isReady?: boolean;
}

/** A gateway with a portal and an API behind a guard. It is closed after the tests. */
export const servePortal = async (
  options: Partial<Options> & StoreOptions = {},
  { port = 0, portal, settings = {}, proxy, createApp = express, upstream, isReady = true }: ServeOptions = {},
): Promise<ServedPortal> => {
  const server = await listen(port);
  const url = `http://127.0.0.1:${portOf(server)}`;
  const { logger, lines } = recordedLogger();
  const gate = scopegate<string>({ ...portalOptions(), issuer: url, logger, ...options });
  const app = createApp();
  for (const [name, value] of Object.entries(settings)) app.set(name, value);
  app.use(gate.routes());
  app.use('/store', gate.portal(portal));
  if (options.apis === undefined || 'orders' in options.apis) {
    const answer: RequestHandler = (request, response) => {
      response.json({ by: gate.findAuth(request)?.subject ?? 'nobody' });
    };
    app.use('/orders', gate.api('orders'), upstream ?? answer);
  }
  server.removeAllListeners('request');
  if (proxy !== undefined) server.on('request', proxy);
  server.on('request', app);
  if (isReady) await gate.ready();
  const served: ServedPortal = {
    url,
    gate,
    lines,
    close: async () => {
      open.delete(served);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gate.close();
    },
  };
  open.add(served);
  return served;
};

/** An access token of Ana for the declared application. */
export const tokenOfAna = async ({ gate }: ServedPortal, scopes: readonly string[] = ['read']): Promise<string> =>
  (await gate.tokens.issue({ clientId: 'key', subject: ANA.username, scopes })).accessToken;

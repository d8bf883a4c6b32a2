import { createApplications } from '../../src/directory/applications';
import { Directory } from '../../src/directory/directory';
import type { Client } from '../../src/directory/records';
import type { TokenService } from '../../src/tokens/token-service';
import { createTokenService } from '../../src/tokens/token-service';
import { MemoryDirectoryStore } from '../../src/stores/memory/directory';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { ignoreEvents } from '../support/gate/ignored-events';

const NOW = 1_800_000_000;
const nothing = { organizations: new Map(), users: new Map(), applications: new Map(), clients: new Map() };
const lifetimes = { accessTokenLifetime: 100, refreshTokenLifetime: 100, grantLifetime: 100, refreshGrace: 10 };

it('a gate whose clock is 50 ms behind issues nothing for a revoked secret', async () => {
  const made = new MemoryDirectoryStore();
  const store = new MemoryTokenStore({ clock: () => NOW, maxGrants: 10 });
  const here = new Directory(nothing, made, () => NOW);
  const behind = new Directory(nothing, made, () => NOW - 0.05);
  const tokens = createTokenService(store, { lifetimes, clock: () => NOW, emit: ignoreEvents });
  const elsewhere = createTokenService(store, { lifetimes, clock: () => NOW - 0.05, emit: ignoreEvents });

  let issued: string | undefined;
  let clientId = '';
  let client: Client | undefined;
  const askedInBetween: TokenService = {
    ...tokens,
    // Between the end of the grants and the removal of the secret, the other gate gets a request with that secret.
    revokeAll: async (owner, because) => {
      await tokens.revokeAll(owner, because);
      const authenticated = client;
      if (authenticated === undefined) throw new Error('no client');
      const order = {
        occasion: 'client_credentials' as const,
        clientId,
        environment: authenticated.environment,
        scopes: [],
        subscriptions: [],
        refreshToken: 'none' as const,
      };
      issued = await elsewhere
        .issue(order, () => behind.isClientUnchanged(authenticated))
        .then(
          ({ accessToken }) => accessToken,
          () => undefined,
        );
    },
  };
  const applications = createApplications({
    directory: here,
    tokens: askedInBetween,
    scopes: new Set(),
    apis: new Map(),
    userSource: 'directory' as const,
    limits: { applicationsPerUser: Infinity, secretsPerKey: Infinity },
    emit: ignoreEvents,
  });
  const { id } = await applications.create({ name: 'App' });
  const keys = await applications.generateKeys(id, { environment: 'production' });
  clientId = keys.clientId;
  client = await behind.findFreshClient(clientId); // it has authenticated
  await applications.revokeSecret(id, keys.secretId);

  const live = issued === undefined ? undefined : await tokens.find(issued);
  await store.close();
  expect(live).toBeUndefined();
});

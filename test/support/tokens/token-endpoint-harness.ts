import express from 'express';
import request, { type Test } from 'supertest';
import type { Client } from '../../../src/directory/records';
import { FormReader } from '../../../src/endpoints/body';
import { formEndpoint } from '../../../src/endpoints/endpoint';
import type { Emit } from '../../../src/events/emitter';
import { ObservedRequests } from '../../../src/events/request-facts';
import { tokenEndpoint } from '../../../src/endpoints/token';
import { GuardedScopes } from '../../../src/access/guarded-scopes';
import { ResourceIndicators } from '../../../src/access/resource-indicators';
import { createGrants } from '../../../src/grants/grants';
import { createScopePolicy } from '../../../src/access/scope-policy';
import { Codes } from '../../../src/tokens/codes';
import { createTokenService } from '../../../src/tokens/token-service';
import type { TokenStore } from '../../../src/tokens/token-store';
import { ignoreEvents } from '../gate/ignored-events';
import { recordedLogger, type LogLine } from '../gate/gate';

/** Does what it likes in place of answering. */
export type Misbehave = () => Promise<never>;

const client: Client = {
  clientId: 'key',
  environment: 'production',
  secrets: [],
  application: { id: 'key', name: 'Orders app', subscriptions: [], introspect: false, enabled: true, keys: {} },
};
const owners = {
  authenticate: async () => ({ subject: 'john', roles: [], isUserUnchanged: async () => true }),
  spendEqualTime: async () => undefined,
  findFreshRoles: async () => [],
  findFresh: async () => undefined,
};
const guarded = new GuardedScopes([]);
const indicators = new ResourceIndicators('https://api.example.com', [], guarded);
const policy = createScopePolicy(
  { names: new Set(), allows: () => false, rolesOf: () => [], describe: () => undefined, rechecked: new Set() },
  guarded,
  'drop',
);
const lifetimes = { accessTokenLifetime: 60, refreshTokenLifetime: 60, grantLifetime: 60, refreshGrace: 10 };

export interface TokenEndpointHarness {
  post(form: Readonly<Record<string, string>>): Test;
  /** How many requests got past the endpoint to what the host has behind it. */
  readonly passed: () => number;
  readonly lines: readonly LogLine[];
}

/** The token endpoint by itself, with a client and a user who are always right, over a store that misbehaves. */
export const aTokenEndpoint = (misbehave: Misbehave, emit: Emit = ignoreEvents): TokenEndpointHarness => {
  const { logger, lines } = recordedLogger();
  const store: TokenStore = {
    save: misbehave,
    find: misbehave,
    heldAccess: misbehave,
    heldRefresh: misbehave,
    findRefresh: misbehave,
    rotate: misbehave,
    revokeGrant: misbehave,
    revokeAccess: misbehave,
    invalidate: misbehave,
    replaceEpoch: misbehave,
    grantsOf: async function* () {
      await misbehave();
      yield [];
    },
    freeEnded: misbehave,
  };
  const tokens = createTokenService(store, { lifetimes, clock: () => 1_800_000_000, emit: ignoreEvents });
  const directory = { isClientUnchanged: async () => true, findFreshEnabledClient: async () => client };
  const codes = new Codes({
    store: { save: misbehave, find: misbehave, spend: misbehave, countWrongVerifier: misbehave },
    clock: () => 1_800_000_000,
    emit: ignoreEvents,
    revocation: tokens,
  });
  const consents = { findFreshById: misbehave };
  const grants = createGrants({
    consents,
    directory,
    owners,
    indicators,
    policy,
    tokens,
    codes,
    maxAccessTokenLifetime: 60,
  });
  const observed = new ObservedRequests();
  const forms = new FormReader(logger);
  const services = { forms, realm: 'orders', requireTls: false, observed, emit, logger };

  let passed = 0;
  const app = express();
  app.use('/token', formEndpoint('token', tokenEndpoint({ authenticate: async () => client }, grants), services));
  app.use((_request, response) => {
    passed += 1;
    response.status(418).json({ passed: true });
  });
  return { post: (form) => request(app).post('/token').type('form').send(form), passed: () => passed, lines };
};

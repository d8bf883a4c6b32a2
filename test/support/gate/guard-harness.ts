import express, { type RequestHandler } from 'express';
import { ObservedRequests } from '../../../src/events/request-facts';
import { Guard, type GuardServices } from '../../../src/guard/guard';
import { createJudge } from '../../../src/guard/judge';
import { PlanCounters } from '../../../src/guard/plan-counters';
import { planPolicies, type Policy } from '../../../src/guard/policies';
import type { ProtectedResource } from '../../../src/guard/protected-resource';
import { createRefusals } from '../../../src/guard/refusals';
import { anyToken, type CompiledRequirement } from '../../../src/guard/requirements';
import { mintAccessToken, mintGrantId } from '../../../src/protocol/secrets';
import type { AccessTokenRecord } from '../../../src/tokens/records';
import { ignoreEvents } from './ignored-events';
import { recordedLogger } from './gate';
import { uncounted, unfollowed } from './uncounted';

export type FindToken = GuardServices['tokens']['find'];

/** Express as it is, or the major before. */
export const expresses: readonly (readonly [name: string, make: () => express.Express])[] = [
  ['Express 5', express],
  ['Express 4', jest.requireActual<typeof express>('express4')],
];

export interface GuardHarnessOptions {
  readonly makeApp?: () => express.Express;
  readonly requirement?: CompiledRequirement;
  /** Counts requests against the plans of the resource. @default the resource has no plans */
  readonly counter?: GuardServices['counter'];
  readonly logger?: GuardServices['logger'];
  /** @default ignores events */
  readonly emit?: GuardServices['emit'];
}

const resource: ProtectedResource = {
  identifier: 'https://api.example.com/orders',
  refusals: createRefusals({ realm: 'orders' }),
  note: () => undefined,
};

const daily = planPolicies(
  { name: 'orders', plans: [{ name: 'daily', requests: 1, per: 86_400 }] },
  resource.refusals.planExceeded,
);
const plans = new PlanCounters('orders', daily as readonly [Policy]);

const judge = createJudge({
  roles: { appliesTo: () => false, findFreshScopes: async ({ scopes }) => scopes },
  endGrant: async () => undefined,
});

/** A guard by itself, before `GET /guarded`, on an app. */
export const aGuard = (
  findToken: FindToken,
  {
    makeApp = express,
    requirement = anyToken,
    counter,
    logger = recordedLogger().logger,
    emit = ignoreEvents,
  }: GuardHarnessOptions = {},
) => {
  const guard = new Guard({
    tokens: { find: findToken, peek: () => undefined },
    tickets: { redeem: async () => undefined },
    judge,
    counter: counter ?? uncounted,
    onAllowed: () => undefined,
    usage: unfollowed,
    observed: new ObservedRequests(),
    emit,
    logger,
  });
  let served = 0;
  const serve: RequestHandler = (_request, response) => {
    served += 1;
    response.json({ served: true });
  };
  const app = makeApp();
  const guarded = counter === undefined ? resource : { ...resource, plans };
  app.get('/guarded', guard.require(requirement, guarded), serve);
  app.use(serve); // whatever skips a route must not end in something that answers either
  return { app, served: () => served };
};

/** A token and the record of it that a store would keep. */
export const aLiveToken = (now: number): { readonly text: string; readonly record: AccessTokenRecord } => {
  const grantId = mintGrantId();
  const { text, digest } = mintAccessToken(grantId);
  const record: AccessTokenRecord = {
    grantId,
    digest,
    clientId: 'key',
    subject: 'john',
    environment: 'production',
    scopes: ['read'],
    subscriptions: [],
    issuedAt: now,
    expiresAt: now + 100,
  };
  return { text, record };
};

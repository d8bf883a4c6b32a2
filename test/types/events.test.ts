import type { OpenMetricsContentType, Registry } from 'prom-client';
import {
  scopegate,
  type DenyEvent,
  type Drift,
  type Explanation,
  type Gate,
  type GateEvent,
  type GateEventListener,
  type GateEventType,
  type IssueEvent,
  type Missing,
  type TokenState,
} from 'scopegate';

// These functions are compiled and never called: `npm run types` fails where a line that must not compile does compile.

const issuer = 'https://api.example.com';

/** `true` if two types are the same to the compiler, and neither is `any`. */
type Same<A, B> = 0 extends 1 & A ? false : [A, B] extends [B, A] ? true : false;

declare const gate: Gate<'read' | 'update'>;

const listeners = (): readonly (() => void)[] => {
  const off = gate.on('deny', (event) => {
    void (true satisfies Same<typeof event, GateEvent<'deny'>>);
    void (true satisfies Same<(typeof event)['type'], 'deny'>);
    void (true satisfies Same<typeof event.at, number>);
    void (true satisfies Same<typeof event.status, number>);
    void (true satisfies Same<
      typeof event.place,
      'guard' | 'portal' | 'authorize' | 'token' | 'revoke' | 'introspect' | 'webSocketTicket'
    >);
    void (true satisfies Same<typeof event.needs, readonly string[] | undefined>);
    // @ts-expect-error frozen
    event.status = 200;
    // @ts-expect-error frozen
    event.needs?.push('admin');
    // @ts-expect-error no event has a token
    void event.token;
  });
  void (true satisfies Same<typeof off, () => void>);
  const written: GateEventListener<'issue'> = ({ scopes, occasion, subject }) => {
    void (true satisfies Same<typeof scopes, readonly string[]>);
    void (true satisfies Same<
      typeof occasion,
      'password' | 'authorization_code' | 'client_credentials' | 'management'
    >);
    void (true satisfies Same<typeof subject, string | undefined>);
  };
  const ofAny = (event: GateEvent): void => {
    if (event.type === 'storeAway') void (true satisfies Same<typeof event.reason, string>);
    // @ts-expect-error not every event has it
    void event.reason;
  };
  return [
    off,
    gate.on('issue', written),
    gate.on('issue', async () => undefined),
    gate.on('revoke', ofAny),
    gate.on('storeAway', ({ store }) => store),
    // @ts-expect-error an event that there is not
    gate.on('login', () => undefined),
    // @ts-expect-error a listener of another event
    gate.on('deny', written),
    // @ts-expect-error nobody to tell
    gate.on('deny'),
  ];
};

const everyType = (type: GateEventType): string => {
  switch (type) {
    case 'issue':
    case 'refresh':
    case 'replay':
    case 'reuse':
    case 'revoke':
    case 'deny':
    case 'throttle':
    case 'limit':
    case 'subscriptionRequest':
    case 'storeAway':
    case 'storeBack':
      return type;
    default:
      return type satisfies never;
  }
};

const factsOfEvents = (issue: IssueEvent, deny: DenyEvent): void => {
  void (true satisfies Same<typeof issue.environment, 'production' | 'sandbox'>);
  void (true satisfies Same<typeof deny.clientId, string | undefined>);
  // @ts-expect-error a refusal has the instant only once it is told
  void deny.at;
};

declare const prometheus: Registry;
declare const openMetrics: Registry<OpenMetricsContentType>;

const registries = (): void => {
  for (const metrics of [prometheus, openMetrics]) scopegate({ issuer, metrics });
  scopegate({ issuer, metrics: prometheus });
  scopegate({ issuer, metrics: openMetrics });
  // @ts-expect-error no registry
  scopegate({ issuer, metrics: { contentType: 'text/plain' } });
  // @ts-expect-error no registry
  scopegate({ issuer, metrics: true });
};

const explanations = async (): Promise<readonly Explanation[]> => {
  const explanation = await gate.explain('token', { method: 'GET', path: '/orders' });
  void (true satisfies Same<typeof explanation, Explanation>);
  void (true satisfies Same<typeof explanation.token.state, TokenState>);
  for (const missing of explanation.missing) {
    void (true satisfies Same<typeof missing, Missing>);
    if (missing.kind === 'subscription') void (true satisfies Same<typeof missing.api, string>);
    else if (missing.because === 'role') void (true satisfies Same<typeof missing.roles, readonly string[]>);
    // @ts-expect-error only a subscription and a scope are told apart by their causes
    void missing.reason;
  }
  // @ts-expect-error the token is nowhere in it
  void explanation.token.text;
  return [
    await gate.explain('token', 'read'),
    await gate.explain('token', { anyOf: ['read', { allOf: ['update'] }] }),
    // @ts-expect-error a misspelt scope
    await gate.explain('token', 'raed'),
    // @ts-expect-error a misspelt scope in a list
    await gate.explain('token', { anyOf: ['raed'] }),
    // @ts-expect-error a request without its path
    await gate.explain('token', { method: 'GET' }),
    // @ts-expect-error nothing to hold it against
    await gate.explain('token'),
  ];
};

const drift = (): Drift => {
  const found = gate.drift();
  void (true satisfies Same<typeof found, Drift>);
  // @ts-expect-error a finding is not to be changed
  found.unneeded.push('read');
  return found;
};

test('the type tests of events compile: what must not compile is marked, and `npm run types` fails otherwise', () => {
  expect([listeners, everyType, factsOfEvents, registries, explanations, drift]).toHaveLength(6);
});

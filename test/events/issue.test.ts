import { mintAccessToken, mintGrantId, mintProofKey, mintRefreshToken } from '../../src/protocol/secrets';
import { withApplications } from '../support/gate/applications';
import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import { aGate, APPLICATION, JANE, JOHN, subscribing, type Pair, type TokenBody } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { refresh, refreshed, refusedRefresh } from '../support/tokens/refreshing';
import { passwordForm, clientForm } from '../support/tokens/forms';
import { grantIdOf } from '../support/tokens/tokens';

const NOW = 1_800_000_000;

const OTHER: Pair = ['other', 'other-secret'];
const SANDBOX: Pair = ['sandbox-key', 'sandbox-secret'];

/** The fields of every event about a grant of John's. */
const johns = ({ access_token: token }: TokenBody) => ({
  grantId: grantIdOf(token),
  clientId: APPLICATION[0],
  subject: JOHN[0],
  organization: 'johnsorg',
  environment: 'production',
});

describe.each(everyStore)('a gate over %s', (_name, freshStore) => {
  const open = async (overrides: Parameters<typeof aGate>[0] = {}) => {
    const clock = aClock(NOW);
    const tested = aGate({ ...(await freshStore()), clock: clock.now, ...overrides });
    return { ...tested, clock, events: recordEvents(tested.gate) };
  };

  it('emits one issue event for a sign-in', async () => {
    const { signIn, clock, events } = await open();
    clock.advance(0.25);
    const tokens = await signIn(JOHN, 'update read');
    expect(events).toStrictEqual([
      { type: 'issue', occasion: 'password', ...johns(tokens), scopes: ['update', 'read'], at: NOW + 0.25 },
    ]);
  });

  it('emits the scopes that were granted and not those that were requested', async () => {
    const { signIn, events } = await open();
    await signIn(JANE, 'read update admin');
    await signIn(JANE, 'update');
    expect(events).toMatchObject([{ scopes: ['read'] }, { scopes: [] }]);
  });

  it('emits one issue event without a subject for a client credentials grant', async () => {
    const { token, events } = await open();
    const { body } = await token(clientForm('read')).expect(200);
    const { subject: _nobody, ...facts } = johns(body as TokenBody);
    expect(events).toStrictEqual([
      { type: 'issue', occasion: 'client_credentials', ...facts, scopes: ['read'], at: NOW },
    ]);
  });

  it('emits one issue event for tokens that management issues, with a user and without', async () => {
    const { gate, events } = await open();
    const forJohn = await gate.tokens.issue({ clientId: APPLICATION[0], subject: JOHN[0], scopes: ['update'] });
    const forItself = await gate.tokens.issue({ clientId: APPLICATION[0] });
    const occasion = { type: 'issue', occasion: 'management', at: NOW };
    const { subject: _nobody, ...facts } = johns({ access_token: forItself.accessToken } as TokenBody);
    expect(events).toStrictEqual([
      { ...occasion, ...johns({ access_token: forJohn.accessToken } as TokenBody), scopes: ['update'] },
      { ...occasion, ...facts, scopes: [] },
    ]);
  });

  it('emits the sandbox as the environment, and no organization if there is none', async () => {
    const [application] = subscribing();
    if (application === undefined) throw new Error('no application');
    const { owner: _owner, ...rest } = application;
    const { token, events } = await open({
      organizations: [],
      users: [{ username: 'ana', password: 'ana-password' }],
      applications: [{ ...rest, sandbox: { consumerKey: SANDBOX[0], consumerSecret: SANDBOX[1] } }],
    });
    const { body } = await token(passwordForm(['ana', 'ana-password']), SANDBOX).expect(200);
    expect(events).toStrictEqual([
      {
        type: 'issue',
        occasion: 'password',
        grantId: grantIdOf((body as TokenBody).access_token),
        clientId: SANDBOX[0],
        subject: 'ana',
        environment: 'sandbox',
        scopes: [],
        at: NOW,
      },
    ]);
  });

  it('emits one refresh event, with the scopes of the new access token', async () => {
    const tested = await open();
    const tokens = await tested.signIn(JOHN, 'read update');
    tested.events.splice(0);
    tested.clock.advance(5);
    const second = await refreshed(tested, tokens, 'read');
    tested.clock.advance(5);
    await refreshed(tested, second);
    expect(tested.events).toStrictEqual([
      { type: 'refresh', ...johns(tokens), scopes: ['read'], at: NOW + 5 },
      { type: 'refresh', ...johns(tokens), scopes: ['read', 'update'], at: NOW + 10 },
    ]);
  });

  it('emits a replay event for a repeat inside the grace window, and nothing else', async () => {
    const tested = await open();
    const tokens = await tested.signIn(JOHN, 'read');
    await refreshed(tested, tokens);
    tested.events.splice(0);
    tested.clock.advance(9);
    await refreshed(tested, tokens);
    await refreshed(tested, tokens);
    const replay = { type: 'replay', ...johns(tokens), answer: 'same', scopes: ['read'], at: NOW + 9 };
    expect(tested.events).toStrictEqual([replay, replay]);
  });

  it('S-126 emits the reuse, the end of the grant and the refusal, once each', async () => {
    const tested = await open();
    const tokens = await tested.signIn(JOHN, 'read');
    await refreshed(tested, tokens);
    tested.events.splice(0);
    tested.clock.advance(11);
    await refusedRefresh(tested, tokens.refresh_token);
    const denied = {
      type: 'deny',
      place: 'token',
      status: 400,
      reason: 'invalid_grant',
      clientId: APPLICATION[0],
      at: NOW + 11,
    };
    expect(tested.events).toStrictEqual([
      { type: 'reuse', ...johns(tokens), at: NOW + 11 },
      { type: 'revoke', because: 'reuse', ends: 'grants', ...johns(tokens), at: NOW + 11 },
      denied,
    ]);

    // The grant has ended: nothing is left to be reused.
    tested.events.splice(0);
    await refusedRefresh(tested, tokens.refresh_token);
    expect(tested.events).toStrictEqual([denied]);
  });

  it('S-121 emits no reuse for a token that is forged, mistyped, of another client or of another kind', async () => {
    const tested = await open(withApplications(OTHER));
    const tokens = await tested.signIn(JOHN, 'read');
    await refreshed(tested, tokens);
    tested.events.splice(0);
    tested.clock.advance(11);
    const grantId = mintGrantId();
    for (const token of [
      mintRefreshToken(grantIdOf(tokens.refresh_token), mintProofKey()).text,
      mintAccessToken(grantId).text,
      tokens.access_token,
      `${tokens.refresh_token.slice(0, -1)}${tokens.refresh_token.endsWith('A') ? 'B' : 'A'}`,
    ])
      await refusedRefresh(tested, token);
    await refusedRefresh(tested, tokens.refresh_token, OTHER);
    const denied = { type: 'deny', place: 'token', status: 400, reason: 'invalid_grant', at: NOW + 11 };
    expect(tested.events).toStrictEqual([
      ...Array.from({ length: 4 }, () => ({ ...denied, clientId: APPLICATION[0] })),
      { ...denied, clientId: OTHER[0] },
    ]);
  });

  it('emits nothing for reads: a request that a guard allows, introspection, lists, health', async () => {
    const tested = await open();
    const { access_token: token } = await tested.signIn(JOHN, 'read');
    tested.events.splice(0);
    await tested.get('/orders', token).expect(200);
    await tested.get('/me', token).expect(200);
    await tested.get('/open').expect(200);
    await tested.get('/health/ready').expect(200);
    await tested.gate.tokens.find({ user: JOHN[0] })[Symbol.asyncIterator]().next();
    await tested.gate.explain(token, 'admin');
    expect(tested.events).toEqual([]);
  });

  it('emits only a refusal for a refresh that requests more than was granted', async () => {
    const tested = await open();
    const tokens = await tested.signIn(JOHN, 'read');
    tested.events.splice(0);
    await refresh(tested, tokens.refresh_token, 'read update').expect(400);
    expect(tested.events).toMatchObject([{ type: 'deny', reason: 'invalid_scope' }]);
    await refreshed(tested, tokens); // nothing was spent
  });
});

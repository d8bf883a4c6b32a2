import request from 'supertest';
import type { ApplicationDeclaration, GrantType } from 'scopegate';
import { aMadeApplication, clientToken } from '../support/gate/api-gate';
import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import {
  aGate,
  APPLICATION,
  JOHN,
  subscribing,
  type TestGate,
  type TestScope,
  type TokenBody,
} from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { passwordForm, clientForm, refreshForm } from '../support/tokens/forms';
import { grantIdOf } from '../support/tokens/tokens';

/** The declared application, with these scopes for its own. */
const listing = (...scopes: readonly TestScope[]): readonly ApplicationDeclaration<TestScope>[] =>
  subscribing().map((application) => ({ ...application, scopes }));

/** Requests a token with the form exactly as it is written here. */
const askRaw = ({ app }: Pick<TestGate, 'app'>, more: string, target = '/token') =>
  request(app)
    .post(target)
    .auth(...APPLICATION)
    .type('form')
    .send(`grant_type=client_credentials${more}`);

const askFor = (gate: Pick<TestGate, 'app'>, validityPeriod: string) =>
  askRaw(gate, `&validity_period=${encodeURIComponent(validityPeriod)}`);

const lifetimeOf = async (gate: Pick<TestGate, 'app'>, validityPeriod: string): Promise<number> => {
  const { body } = await askFor(gate, validityPeriod).expect(200);
  return (body as TokenBody).expires_in;
};

describe.each(everyStore)("a client's own token in %s", (_name, freshStore) => {
  it('S-144 is issued without a refresh token, and none is stored', async () => {
    const gate = aGate(await freshStore());
    const body = expectCleanAnswer(await gate.token(clientForm('read')), { status: 200 });
    expect(body).toEqual({
      access_token: expect.stringMatching(/^sga_/),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read',
    });
    const [grant, ...more] = await collect(gate.gate.tokens.find({ clientId: APPLICATION[0] }));
    expect([grant?.accessToken?.expiresAt, grant?.refreshToken, more]).toEqual([expect.any(Number), undefined, []]);
  });

  it('S-238 names the application and its organization, and no user', async () => {
    const clock = aClock();
    const gate = aGate({ ...(await freshStore()), clock: clock.now });
    const { access_token: token } = await clientToken(gate, APPLICATION, 'read');
    const { body } = await gate.get('/me', token).expect(200);
    expect(body).toEqual({
      clientId: 'key',
      organization: 'johnsorg',
      scopes: ['read'],
      environment: 'production',
      grantId: grantIdOf(token),
      issuedAt: clock.now(),
      expiresAt: clock.now() + 3600,
    });
    const introspected = await gate.postTo('/introspect', { token });
    expect(introspected.body).toEqual({
      active: true,
      scope: 'read',
      client_id: 'key',
      organization: 'johnsorg',
      token_type: 'Bearer',
      iat: clock.now(),
      exp: clock.now() + 3600,
      iss: 'http://127.0.0.1',
    });
  });

  it('S-194 is valid for its validity_period, to the millisecond', async () => {
    const clock = aClock();
    const gate = aGate({ ...(await freshStore()), clock: clock.now });
    const { access_token: token } = (await askFor(gate, '2').expect(200)).body as TokenBody;
    clock.advance(1.999);
    await gate.get('/me', token).expect(200);
    clock.advance(0.001);
    await gate.get('/me', token).expect(401, /invalid_token/);
  });

  it('S-072 ends with the application, and with its organization', async () => {
    const gate = aGate(await freshStore());
    const { organizations, applications } = gate.gate.directory;
    await organizations.create({ key: 'acme' });
    const disabled = await aMadeApplication(gate, { owner: 'sam@acme' });
    const other = await aMadeApplication(gate, { owner: 'sam@acme' });
    const [first, second] = [await clientToken(gate, disabled.keys), await clientToken(gate, other.keys)];

    await applications.disable(disabled.id);
    await gate.get('/me', first.access_token).expect(401);
    await gate.get('/me', second.access_token).expect(200);
    expectCleanAnswer(await gate.token(clientForm(), disabled.keys), { status: 401, error: 'invalid_client' });

    await organizations.disable('acme');
    await gate.get('/me', second.access_token).expect(401);
    expectCleanAnswer(await gate.token(clientForm(), other.keys), { status: 401, error: 'invalid_client' });
  });
});

describe('the parameter validity_period', () => {
  it.each([
    ['1', 1],
    ['60', 60],
    ['86399', 86_399],
    ['86400', 86_400],
    ['86401', 86_400],
    ['999999999999999', 86_400],
  ])('with the value %s is the lifetime of the token, up to the maximum', async (asked, given) => {
    expect(await lifetimeOf(aGate(), asked)).toBe(given);
  });

  it.each([16, 20, 400])('is clipped like any other value if it has %i digits', async (digits) => {
    expect(await lifetimeOf(aGate(), '9'.repeat(digits))).toBe(86_400);
  });

  it('is clipped to the maximum of the options, not to the default lifetime', async () => {
    const gate = aGate({ tokens: { accessTokenLifetime: 50, maxAccessTokenLifetime: 100 } });
    expect(await Promise.all(['60', '100', '101'].map((asked) => lifetimeOf(gate, asked)))).toEqual([60, 100, 100]);
  });

  it('cannot make a token outlive its grant', async () => {
    const gate = aGate({ tokens: { grantLifetime: 30 } });
    expect(await lifetimeOf(gate, '60')).toBe(30);
  });

  it.each([
    '0',
    '000',
    '-1',
    '-3600',
    '1.5',
    '60.0',
    '1e3',
    '0x10',
    '+60',
    ' 60',
    '60 ',
    '6 0',
    '1,000',
    '1_000',
    '60s',
    'sixty',
    'NaN',
    'Infinity',
    'null',
    '٦٠',
    '６０',
    '60\0',
    '60\n',
  ])('is refused if it is not a whole number of seconds: %j', async (asked) => {
    const gate = aGate();
    expectCleanAnswer(await askFor(gate, asked), { status: 400, error: 'invalid_request', without: ['sixty'] });
    expect(await collect(gate.gate.tokens.find({ clientId: APPLICATION[0] }))).toEqual([]);
  });

  it('S-027 counts as absent if it is empty', async () => {
    const { body } = await askRaw(aGate(), '&validity_period=').expect(200);
    expect(body).toMatchObject({ expires_in: 3600 });
  });

  it.each([
    '&validity_period=60&validity_period=60',
    '&validity_period=60&validity_period=',
    '&validity_period=&validity_period=60',
    '&validity_period=60&validity%5Fperiod=61',
    '&validity_period[]=60',
  ])('S-013 S-014 is refused if it is repeated or in brackets: %s', async (more) => {
    expectCleanAnswer(await askRaw(aGate(), more), { status: 400, error: 'invalid_request' });
  });

  it('S-003 S-004 is refused in the URL, with and without one in the body', async () => {
    const gate = aGate();
    for (const more of ['', '&validity_period=60']) {
      const answer = await askRaw(gate, more, '/token?validity_period=60');
      expectCleanAnswer(answer, { status: 400, error: 'invalid_request' });
    }
  });

  it.each(['60', 'sixty'])('has no effect for a user: %s', async (asked) => {
    const answer = await aGate().token({ ...passwordForm(JOHN), validity_period: asked });
    expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ expires_in: 3600 })]);
  });
});

describe("the scopes of an application's own token", () => {
  const grantedTo = async (gate: TestGate, scope?: string): Promise<string> =>
    (await clientToken(gate, APPLICATION, scope)).scope;

  it('S-107 are empty if none was requested, and the response says `default`', async () => {
    const gate = aGate();
    for (const asked of [undefined, '', 'default']) {
      const { scope, access_token: token } = await clientToken(gate, APPLICATION, asked);
      expect([asked, scope]).toEqual([asked, 'default']);
      await gate.get('/me', token).expect(200, /"scopes":\[\]/);
      await gate.get('/orders', token).expect(403);
    }
    expect(await grantedTo(gate, 'default read')).toBe('read');
  });

  it('S-108 S-109 omit undeclared scopes and scopes that need a role', async () => {
    const gate = aGate();
    const { scope, access_token: token } = await clientToken(gate, APPLICATION, 'admin read nobody update');
    expect(scope).toBe('read');
    await gate.get('/orders', token).expect(200);
    await gate.put('/orders/1', token).expect(403);
    expect(gate.served()).toBe(1);
  });

  it('include a scope that needs a role if the application lists it, and no scope outside that list', async () => {
    const gate = aGate({ applications: listing('update') });
    const { scope, access_token: token } = await clientToken(gate, APPLICATION, 'read update admin');
    expect(scope).toBe('update');
    await gate.put('/orders/1', token).expect(200);
    await gate.get('/orders', token).expect(403);
  });

  it('include scopes that need no role because of a pattern', async () => {
    const gate = aGate({ scopesWithoutRoleCheck: ['upd*'] });
    expect(await grantedTo(gate, 'update admin')).toBe('update');
  });

  it('S-108 are granted completely or not at all if dropping is disabled', async () => {
    const gate = aGate({ ungrantedScopes: 'reject', applications: listing('read', 'update') });
    expect(await grantedTo(gate, 'update read')).toBe('update read');
    expect(await grantedTo(gate)).toBe('default');
    for (const asked of ['read admin', 'read nobody', 'nobody']) {
      const answer = await gate.token(clientForm(asked));
      expectCleanAnswer(answer, { status: 400, error: 'invalid_scope', without: ['nobody', 'admin'] });
    }
    const unlisted = aGate({ ungrantedScopes: 'reject' });
    expectCleanAnswer(await unlisted.token(clientForm('update')), { status: 400, error: 'invalid_scope' });
  });

  it.each(['read"', 'read\tupdate', 'read\n'])('S-106 must be well-formed: %j', async (asked) => {
    expectCleanAnswer(await aGate().token(clientForm(asked)), { status: 400, error: 'invalid_scope' });
  });

  it('do not extend what a user may have, even if the application lists them', async () => {
    const gate = aGate({ applications: listing('read', 'update', 'admin') });
    expect((await gate.signIn(JOHN, 'read update admin')).scope).toBe('read update');
    expect(await grantedTo(gate, 'read update admin')).toBe('read update admin');
  });
});

describe('the client credentials grant', () => {
  it('S-143 requires the secret of the client, not just its id', async () => {
    const gate = aGate();
    const attempts = [
      gate.token(clientForm(), null),
      gate.token({ ...clientForm(), client_id: APPLICATION[0] }, null),
      gate.token({ ...clientForm(), client_id: APPLICATION[0], client_secret: '' }, null),
      gate.token({ ...clientForm(), client_id: APPLICATION[0], client_secret: 'wrong' }, null),
      gate.token(clientForm(), [APPLICATION[0], '']),
      gate.token(clientForm(), [APPLICATION[0], 'wrong']),
    ];
    for (const answer of await Promise.all(attempts)) {
      expectCleanAnswer(answer, { status: 401, error: 'invalid_client' });
    }
    expect(await collect(gate.gate.tokens.find({ clientId: APPLICATION[0] }))).toEqual([]);
  });

  it('S-143 is refused for a key whose last secret was revoked', async () => {
    const gate = aGate();
    const { id, clientId, keys, secretId } = await aMadeApplication(gate);
    await clientToken(gate, keys);
    await gate.gate.directory.applications.revokeSecret(id, secretId);
    for (const answer of [
      await gate.token({ ...clientForm(), client_id: clientId }, null),
      await gate.token(clientForm(), [clientId, '']),
      await gate.token(clientForm(), keys),
    ]) {
      expectCleanAnswer(answer, { status: 401, error: 'invalid_client' });
    }
  });

  const all: readonly Exclude<GrantType, 'authorization_code'>[] = ['password', 'refresh_token', 'client_credentials'];
  const choices: readonly (readonly GrantType[] | undefined)[] = [
    undefined,
    [],
    ...all.map((one) => [one]),
    ...all.map((left) => all.filter((one) => one !== left)),
    all,
  ];

  it.each(choices.map((grantTypes) => [grantTypes]))(
    'S-087 S-138 S-143 requires an application whose grant types allow it: %j',
    async (grantTypes) => {
      const gate = aGate();
      const { id, keys } = await aMadeApplication(gate);
      const before = (await gate.token(passwordForm(JOHN), keys).expect(200)).body as TokenBody;
      await gate.gate.directory.applications.setGrantTypes(id, grantTypes);

      const answers = {
        password: await gate.token(passwordForm(JOHN), keys),
        refresh_token: await gate.token(refreshForm(before.refresh_token), keys),
        client_credentials: await gate.token(clientForm(), keys),
      };
      for (const grantType of all) {
        const allowed = grantTypes === undefined || grantTypes.includes(grantType);
        const expected = allowed ? ({ status: 200 } as const) : { status: 400, error: 'unauthorized_client' };
        expectCleanAnswer(answers[grantType], expected);
      }
      const refreshable = grantTypes === undefined || grantTypes.includes('refresh_token');
      if (answers.password.status === 200) expect('refresh_token' in answers.password.body).toBe(refreshable);
    },
  );

  it('S-143 S-088 is refused as unauthorized before the rest of the request is checked', async () => {
    const gate = aGate();
    const { keys } = await aMadeApplication(gate, { grantTypes: ['password'] });
    const form = { ...clientForm('no "scope"'), validity_period: 'sixty' };
    expectCleanAnswer(await gate.token(form, keys), { status: 400, error: 'unauthorized_client' });
    // The same form of a client that may, to see that there is something wrong with it.
    expectCleanAnswer(await gate.token(form), { status: 400, error: 'invalid_request' });
  });
});

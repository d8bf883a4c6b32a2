import type { ScopegateOptions } from 'scopegate';
import type { Response } from 'supertest';
import { anApplication } from '../support/gate/applications';
import { aPublicApplication } from '../support/gate/public-application';
import { APPLICATION, JOHN, type Pair, type TestGate, type TestScope } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { ownRedis } from '../support/redis/redis';
import { commandsDuring } from '../support/redis/commands';
import { everyStore } from '../support/stores/every-store';
import { expectUnauthenticated, visibleParts } from '../support/tokens/client-requests';
import { clientForm, passwordForm, refreshForm, type TokenForm } from '../support/tokens/forms';
import { expectRevoked } from '../support/tokens/grant-endpoints';
import { aServedGate, basicHeader, FORM_TYPE, type ServedGate } from '../support/tokens/token-requests';

const unknownCode = { grant_type: 'authorization_code', code: 'x', redirect_uri: 'x', code_verifier: 'x'.repeat(43) };

type Form = Exclude<TokenForm, string>;

/** Sends a form without an Authorization header. */
const send = ({ postTo }: Pick<TestGate, 'postTo'>, path: string, form: Form) => postTo(path, form, null);

/** What a client without an access token can see of the response to a request with these credentials. */
const answerTo = async ({ post }: ServedGate, form: Form, credentials: Form | string) =>
  typeof credentials === 'string'
    ? visibleParts(await post(form, { headers: [FORM_TYPE, basicHeader(credentials)] }))
    : visibleParts(await post({ ...form, ...credentials }, { headers: [FORM_TYPE] }));

const expectRefused = (answer: Response): void => {
  expectCleanAnswer(answer, { status: 401, error: 'invalid_client' });
};

describe.each(everyStore)('a public client in %s', (_name, freshStore) => {
  const open = async (overrides: Partial<ScopegateOptions<TestScope>> = {}) => {
    const gate = await aServedGate({ ...(await freshStore()), throttle: false, ...overrides });
    const { id, clientId } = await aPublicApplication(gate);
    const issue = () => gate.gate.tokens.issue({ clientId, subject: JOHN[0], scopes: ['read'] });
    return { ...gate, id, clientId, issue, applications: gate.gate.directory.applications };
  };

  it('S-059 authenticates with its client_id in the body and no secret', async () => {
    const { clientId, issue, ...gate } = await open();
    const { refreshToken = '' } = await issue();
    const refreshed = await send(gate, '/token', { ...refreshForm(refreshToken), client_id: clientId }).expect(200);
    await gate.get('/orders', (refreshed.body as { access_token: string }).access_token).expect(200);
    // A parameter without a value counts as omitted (RFC 6749 §3.2).
    const empty = { ...unknownCode, client_id: clientId, client_secret: '' };
    expectCleanAnswer(await send(gate, '/token', empty), { status: 400, error: 'invalid_grant' });
  });

  it('S-047 S-059 S-078 is refused with any secret, like an unknown client and a confidential one without a secret', async () => {
    const gate = await open();
    const { clientId } = gate;
    const made = await anApplication(gate);
    const unknown = await answerTo(gate, unknownCode, 'nobody:wrong');
    expect(unknown[0]).toBe(401);
    for (const credentials of [
      `${clientId}:`,
      `${clientId}:x`,
      `${clientId}:none`,
      `${clientId}:null`,
      { client_id: clientId, client_secret: 'x' },
      { client_id: clientId, client_secret: clientId },
      { client_id: made.keys[0] },
      { client_id: APPLICATION[0] },
      { client_id: 'nobody' },
      `${made.keys[0]}:`,
    ]) {
      expect(await answerTo(gate, unknownCode, credentials)).toEqual(unknown);
    }
  });

  it('S-078 cannot be impersonated by a client_id beside other credentials', async () => {
    const gate = await open();
    const { refreshToken = '' } = await gate.issue();
    const form = { ...refreshForm(refreshToken), client_id: gate.clientId };
    expectUnauthenticated(await gate.post(form, { headers: [FORM_TYPE, 'Authorization: Bearer x'] }));
    const malformed = await gate.post(form, { headers: [FORM_TYPE, basicHeader(APPLICATION.join(':'))] });
    expectCleanAnswer(malformed, { status: 400, error: 'invalid_request' });
  });

  it('S-143 may use the authorization code and refresh tokens only', async () => {
    const gate = await open();
    const { clientId, id, applications } = gate;
    for (const form of [clientForm(), passwordForm(JOHN)]) {
      const refused = await send(gate, '/token', { ...form, client_id: clientId });
      expectCleanAnswer(refused, { status: 400, error: 'unauthorized_client' });
    }
    await applications.setGrantTypes(id, ['password', 'client_credentials']);
    const listed = await send(gate, '/token', { ...clientForm(), client_id: clientId });
    expectCleanAnswer(listed, { status: 400, error: 'unauthorized_client' });
  });

  it('revokes its own tokens, and no others', async () => {
    const gate = await open();
    const { accessToken } = await gate.issue();
    const other = await gate.signIn();
    const revoking = (token: string) => send(gate, '/revoke', { token, client_id: gate.clientId });
    const refused = await revoking(other.access_token);
    expectCleanAnswer(refused, { status: 400, error: 'unauthorized_client' });
    await gate.get('/me', other.access_token).expect(200);
    expectRevoked(await revoking(accessToken));
    await gate.get('/me', accessToken).expect(401);
  });

  it('cannot introspect any token, also its own, because introspection requires authentication', async () => {
    const gate = await open();
    const { accessToken } = await gate.issue();
    const refused = await send(gate, '/introspect', { token: accessToken, client_id: gate.clientId });
    expectRefused(refused);
    expect(refused.body).toMatchObject({ error_description: expect.stringContaining('public client') });
  });

  it('S-072 is refused immediately when it is disabled', async () => {
    const gate = await open();
    const { refreshToken = '' } = await gate.issue();
    await gate.applications.disable(gate.id);
    expectRefused(await send(gate, '/token', { ...refreshForm(refreshToken), client_id: gate.clientId }));
  });

  it('cannot use a refresh token that was issued before it became public', async () => {
    const gate = await open();
    const made = await anApplication(gate);
    const { refresh_token } = await gate.signIn(JOHN, 'read', made.keys);
    await gate.applications.setRedirectUris(made.id, ['https://app.example/']);
    await gate.applications.setPublic(made.id, true);
    const refused = await send(gate, '/token', { ...refreshForm(refresh_token), client_id: made.keys[0] });
    expectCleanAnswer(refused, { status: 400, error: 'invalid_grant' });
    expectRefused(await gate.token(refreshForm(refresh_token), made.keys));
  });

  it('S-077 is refused with 429 after too many requests with a secret, as other clients are', async () => {
    const gate = await open({ throttle: { clientAndAddress: { failures: 3 }, unknownClients: { failures: 100 } } });
    const confidential = await anApplication(gate);
    const statusesOf = async (form: Form, credentials: Pair | null): Promise<readonly number[]> => {
      const statuses = [];
      for (let count = 0; count < 5; count += 1) statuses.push((await gate.token(form, credentials)).status);
      return statuses;
    };
    const expected = [401, 401, 401, 429, 429];
    expect(await statusesOf(unknownCode, [gate.clientId, 'x'])).toEqual(expected);
    expect(await statusesOf({ ...unknownCode, client_id: confidential.keys[0] }, null)).toEqual(expected);
    expect(await statusesOf({ ...unknownCode, client_id: 'nobody' }, null)).toEqual(expected);
  });

  it('S-077 is served at an address that sends many unknown client ids', async () => {
    const gate = await open({ throttle: { unknownClients: { failures: 3 } } });
    const { refreshToken = '' } = await gate.issue();
    await send(gate, '/token', { ...unknownCode, client_id: gate.clientId }).expect(400);
    for (let count = 0; count < 12; count += 1) await send(gate, '/token', { ...unknownCode, client_id: `no${count}` });
    await send(gate, '/token', { ...unknownCode, client_id: 'nobody' }).expect(429);
    await send(gate, '/token', { ...refreshForm(refreshToken), client_id: gate.clientId }).expect(200);
  });
});

describe('the refusal of a client without a secret', () => {
  it('S-048 sends the store the same commands for an unknown, a confidential and a public client', async () => {
    const redis = await (await ownRedis()).client();
    // Without a cache there is no beat among the commands that are counted.
    const gate = await aServedGate({ redis, cache: false });
    await gate.gate.ready();
    const made = await anApplication(gate);
    const { clientId } = await aPublicApplication(gate);
    const workFor = (credentials: Form | string) =>
      commandsDuring(redis, async () => expect((await answerTo(gate, unknownCode, credentials))[0]).toBe(401));
    await workFor('nobody:wrong'); // the first use of a script sends its text as well
    const unknown = await workFor('nobody-else:wrong');
    expect(unknown).toHaveProperty('hget');
    const work = {
      unknownWithout: await workFor({ client_id: 'no-such-client' }),
      declaredWithout: await workFor({ client_id: APPLICATION[0] }),
      madeWithout: await workFor({ client_id: made.keys[0] }),
      publicWithSecret: await workFor(`${clientId}:wrong`),
      publicWithEmptySecret: await workFor(`${clientId}:`),
    };
    const same = Object.fromEntries(Object.keys(work).map((name) => [name, unknown]));
    expect(work).toEqual(same);
  });
});

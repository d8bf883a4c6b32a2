import type { ScopegateOptions } from 'scopegate';
import { aGate, APPLICATION, JANE, JOHN, type TestScope } from '../support/gate/gate';
import { passwordForm, refreshForm } from '../support/tokens/forms';

describe('the scopes of a grant', () => {
  test('S-108 S-109 omit by default what is unknown or not for the user, and the response says so', async () => {
    const { signIn } = aGate();
    expect((await signIn(JOHN, 'update nothing read admin')).scope).toBe('update read');
    expect((await signIn(JANE, 'read update')).scope).toBe('read');
    expect((await signIn(JANE, 'update')).scope).toBe('default');
  });

  test('S-108 are refused as a whole if `ungrantedScopes` is `reject`, and nothing is issued', async () => {
    const { token, signIn } = aGate({ ungrantedScopes: 'reject' });
    for (const scope of ['read nothing', 'read admin', 'read update admin']) {
      const refused = await token(passwordForm(JOHN, scope));
      expect([scope, refused.status, refused.body.error]).toEqual([scope, 400, 'invalid_scope']);
    }
    expect((await signIn(JOHN, 'read update')).scope).toBe('read update');
    expect((await signIn(JOHN)).scope).toBe('default');
    expect((await token(passwordForm(JANE, 'update'))).body).toMatchObject({ error: 'invalid_scope' });
  });

  test('S-088 reveal nothing about the password if the client may not have them', async () => {
    const { token } = aGate({ ungrantedScopes: 'reject' });
    const answers = await Promise.all(
      ['wrong', JOHN[1]].map((password) => token(passwordForm([JOHN[0], password], 'nothing'))),
    );
    expect(answers.map(({ status, text }) => [status, text])).toEqual(
      [answers[0], answers[0]].map((one) => [one?.status, one?.text]),
    );
  });

  const withPatterns = async (scopesWithoutRoleCheck: readonly (string | RegExp)[]): Promise<string> =>
    (await aGate({ scopesWithoutRoleCheck }).signIn(JANE, 'read update admin')).scope;

  test('S-113 include those that match a pattern without a role check', async () => {
    expect(await withPatterns(['update'])).toBe('read update');
    expect(await withPatterns(['upd*'])).toBe('read update');
    expect(await withPatterns(['*'])).toBe('read update admin');
    expect(await withPatterns([/^(update|admin)$/g])).toBe('read update admin');
    expect(await withPatterns([/^ad/, 'x'])).toBe('read admin');
  });

  test('S-112 S-113 are compared as whole names, in which only * is special', async () => {
    for (const text of ['upd', 'pdate', 'UPDATE', 'u.date', 'update|admin', '[a-z]*', '^update$', ''])
      expect([text, await withPatterns([text])]).toEqual([text, 'read']);
    expect(await withPatterns([])).toBe('read');
  });
});

describe('an application with limits', () => {
  const declared = (more: object): Partial<ScopegateOptions<TestScope>> => ({
    applications: [
      { name: 'Limited', owner: JOHN[0], consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1], ...more },
      { name: 'Other', owner: JOHN[0], consumerKey: 'other', consumerSecret: 'other' },
    ],
  });

  test('S-108 never gets scopes outside its list, and does not limit other applications', async () => {
    const { signIn } = aGate(declared({ scopes: ['read', 'admin'] }));
    expect((await signIn(JOHN, 'read update admin')).scope).toBe('read');
    expect((await signIn(JOHN, 'read update', ['other', 'other'])).scope).toBe('read update');
    expect((await aGate(declared({ scopes: [] })).signIn(JOHN, 'read')).scope).toBe('default');
  });

  test('S-087 may use only its grant types, which is checked before any password', async () => {
    const { token, signIn } = aGate(declared({ grantTypes: ['refresh_token'] }));
    for (const password of [JOHN[1], 'wrong']) {
      const refused = await token(passwordForm([JOHN[0], password]));
      expect([refused.status, refused.body.error]).toEqual([400, 'unauthorized_client']);
    }
    await signIn(JOHN, undefined, ['other', 'other']);
  });

  test('S-138 gets no refresh token if it may not use one', async () => {
    const { token, signIn } = aGate(declared({ grantTypes: ['password'] }));
    const tokens = await signIn();
    expect(tokens).not.toHaveProperty('refresh_token');
    const other = await signIn(JOHN, undefined, ['other', 'other']);
    expect((await token(refreshForm(other.refresh_token))).body).toMatchObject({ error: 'unauthorized_client' });
  });
});

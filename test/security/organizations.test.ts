import type { Organization, ScopegateOptions } from 'scopegate';
import { aMadeApplication, clientToken, statusOf } from '../support/gate/api-gate';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, type Pair, type TestGate, type TestScope } from '../support/gate/gate';
import { listed } from '../support/stores/collect';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { refresh, refreshed, refusedRefresh, REFUSED_REFRESH } from '../support/tokens/refreshing';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm } from '../support/tokens/token-requests';

const NOBODY_DECLARED = { organizations: [], users: [], applications: [] } as const;
const notFound = expect.objectContaining({ code: 'ERR_SCOPEGATE_NOT_FOUND' });
const INACTIVE = [200, '{"active":false}'];

type Application = Awaited<ReturnType<typeof aMadeApplication>>;

interface Member {
  readonly organization: Organization['key'];
  readonly sam: Pair;
  readonly app: Application;
  /** A resource server: it introspects the tokens of its organization. */
  readonly server: Application;
}

/** An organization with a user called sam, an application and a resource server. */
const anOrganization = async (rig: TestGate, organization: string): Promise<Member> => {
  const { organizations, users } = rig.gate.directory;
  await organizations.create({ key: organization });
  const sam: Pair = [`sam@${organization}`, `${organization}-password`];
  await users.create({ username: 'sam', organization, password: sam[1], roles: ['clerk'] });
  return {
    organization,
    sam,
    app: await aMadeApplication(rig, { owner: sam[0] }),
    server: await aMadeApplication(rig, { owner: sam[0], introspect: true }),
  };
};

const introspected = async (rig: TestGate, token: string, { keys }: Application) => {
  const { status, text } = await rig.postTo('/introspect', { token }, keys);
  return [status, text];
};

const bothWays = ([acme, beta]: readonly [Member, Member]) =>
  [
    [acme, beta],
    [beta, acme],
  ] as const;

describe.each(everyStore)('two organizations in %s', (_name, freshStore) => {
  const open = async (overrides: Partial<ScopegateOptions<TestScope>> = {}) => {
    const rig = aGate({ ...(await freshStore()), ...NOBODY_DECLARED, ...overrides });
    const both = [await anOrganization(rig, 'acme'), await anOrganization(rig, 'beta')] as const;
    return { ...rig, both };
  };

  it('S-082 let only their own users sign in, and other users look unknown', async () => {
    const rig = await open();
    for (const [ours, theirs] of bothWays(rig.both)) {
      const nobody = await rig.token(passwordForm([`nobody@${ours.organization}`, 'x']), ours.app.keys);
      expectCleanAnswer(nobody, { status: 400, error: 'invalid_grant' });
      for (const user of [
        theirs.sam,
        [theirs.sam[0], ours.sam[1]],
        [ours.sam[0], theirs.sam[1]],
        ['sam', ours.sam[1]],
      ]) {
        const answer = await rig.token(passwordForm(user as Pair), ours.app.keys);
        expect([user, answer.status, answer.text]).toEqual([user, 400, nobody.text]);
      }
      const { access_token: token } = await rig.signIn(ours.sam, 'read', ours.app.keys);
      const { body } = await rig.get('/me', token);
      expect(body).toMatchObject({ subject: ours.sam[0], organization: ours.organization });
      const own = await clientToken(rig, ours.app.keys);
      expect((await rig.get('/me', own.access_token)).body).toMatchObject({ organization: ours.organization });
    }
  });

  it('have case-insensitive keys', async () => {
    const rig = await open();
    const [{ sam, app }] = rig.both;
    const { access_token: token } = await rig.signIn(['SAM@ACME', sam[1]], 'read', app.keys);
    expect((await rig.get('/me', token)).body).toMatchObject({ subject: 'sam@acme', organization: 'acme' });
  });

  it("S-121 S-142 cannot refresh each other's tokens, nor end the grants by an attempt", async () => {
    const rig = await open();
    for (const [ours, theirs] of bothWays(rig.both)) {
      const first = await rig.signIn(ours.sam, 'read update', ours.app.keys);
      const { body } = await refresh(rig, first.refresh_token, undefined, ours.app.keys).expect(200);
      const { access_token: live, refresh_token: successor } = body as typeof first;
      for (const token of [first.refresh_token, successor, first.access_token]) {
        for (const scope of [undefined, 'read', 'admin']) {
          await refresh(rig, token, scope, theirs.app.keys).expect(400, REFUSED_REFRESH);
        }
      }
      await rig.put('/orders/1', live).expect(200);
      await refresh(rig, successor, undefined, ours.app.keys).expect(200);
    }
  });

  it("S-215 cannot revoke each other's tokens", async () => {
    const rig = await open();
    for (const [ours, theirs] of bothWays(rig.both)) {
      const first = await rig.signIn(ours.sam, 'read', ours.app.keys);
      const { body } = await refresh(rig, first.refresh_token, undefined, ours.app.keys).expect(200);
      const second = body as typeof first;
      const own = await clientToken(rig, ours.app.keys);
      const tokens = [first.refresh_token, second.refresh_token, second.access_token, own.access_token];
      for (const token of tokens) {
        for (const { keys } of [theirs.app, theirs.server, ours.server]) {
          const answer = await rig.postTo('/revoke', { token }, keys);
          expectCleanAnswer(answer, { status: 400, error: 'unauthorized_client', without: ['sam', ours.app.clientId] });
        }
      }
      for (const token of [second.access_token, own.access_token]) await rig.get('/me', token).expect(200);
      await refresh(rig, second.refresh_token, undefined, ours.app.keys).expect(200);
    }
  });

  it('S-231 introspect only their own access tokens, and only if they may introspect at all', async () => {
    const rig = await open();
    for (const [ours, theirs] of bothWays(rig.both)) {
      const users = await rig.signIn(ours.sam, 'read', ours.app.keys);
      const own = await clientToken(rig, ours.app.keys, 'read');
      for (const token of [users.access_token, own.access_token]) {
        const { body } = await rig.postTo('/introspect', { token }, ours.server.keys).expect(200);
        const { organization } = ours;
        expect(body).toMatchObject({ active: true, client_id: ours.app.clientId, organization, scope: 'read' });
        for (const stranger of [theirs.server, theirs.app]) {
          expect(await introspected(rig, token, stranger)).toEqual(INACTIVE);
        }
      }
      // Only its own client may introspect a refresh token, and another application of the organization nothing at all.
      for (const stranger of [ours.server, theirs.server]) {
        expect(await introspected(rig, users.refresh_token, stranger)).toEqual(INACTIVE);
      }
      const servers = await clientToken(rig, ours.server.keys);
      expect(await introspected(rig, servers.access_token, ours.app)).toEqual(INACTIVE);
    }
  });

  it('S-231 are invisible to an application without an organization, and the reverse', async () => {
    const rig = await open();
    const { applications } = rig.gate.directory;
    const without = async (introspect: boolean): Promise<Application> => {
      const { id } = await applications.create({ name: 'Of nobody', introspect });
      const { clientId, clientSecret, secretId } = await applications.generateKeys(id, { environment: 'production' });
      return { id, clientId, keys: [clientId, clientSecret], secretId };
    };
    const [server, app] = [await without(true), await without(false)];
    const { access_token: apart } = await clientToken(rig, app.keys, 'read');
    const { body } = await rig.postTo('/introspect', { token: apart }, server.keys).expect(200);
    expect(body).toMatchObject({ active: true, client_id: app.clientId });
    expect(body).not.toHaveProperty('organization');
    expect((await rig.get('/me', apart)).body).not.toHaveProperty('organization');
    for (const { sam, app: theirs, server: theirServer } of rig.both) {
      const { access_token: token } = await rig.signIn(sam, 'read', theirs.keys);
      expect(await introspected(rig, token, server)).toEqual(INACTIVE);
      expect(await introspected(rig, apart, theirServer)).toEqual(INACTIVE);
    }
  });

  it('get tokens for their own users only', async () => {
    const rig = await open();
    for (const [ours, theirs] of bothWays(rig.both)) {
      const { clientId } = ours.app;
      for (const subject of [
        theirs.sam[0],
        theirs.sam[0].toUpperCase(),
        'sam',
        `${ours.sam[0]}@${theirs.organization}`,
      ]) {
        expect(await rejectionOf(rig.gate.tokens.issue({ clientId, subject }))).toEqual(notFound);
      }
      const { accessToken } = await rig.gate.tokens.issue({ clientId, subject: ours.sam[0] });
      expect((await rig.get('/me', accessToken)).body).toMatchObject({ organization: ours.organization });
    }
  });

  it('may have users of the same name, whose grants are listed and ended separately', async () => {
    const rig = await open();
    for (const [ours, theirs] of bothWays(rig.both)) {
      const { access_token: token } = await rig.signIn(ours.sam, 'read', ours.app.keys);
      const { access_token: other } = await rig.signIn(theirs.sam, 'read', theirs.app.keys);
      const found = await listed(rig.gate.tokens.find({ user: ours.sam[0] }));
      expect(found.map(({ grantId, organization }) => [grantId, organization])).toEqual([
        [token.slice(4, 20), ours.organization],
      ]);
      await rig.gate.tokens.revoke({ user: 'sam' });
      await rig.get('/me', token).expect(200);
      await rig.gate.tokens.revoke({ user: ours.sam[0] });
      await rig.get('/me', token).expect(401);
      await rig.get('/me', other).expect(200);
      await rig.gate.tokens.revoke({ user: theirs.sam[0] });
    }
  });

  it.each(['disable', 'remove'] as const)('S-085 are independent when one ends: %s', async (way) => {
    const rig = await open();
    const [acme, beta] = rig.both;
    const ours = [await rig.signIn(acme.sam, 'read', acme.app.keys), await clientToken(rig, acme.app.keys)];
    const theirs = [await rig.signIn(beta.sam, 'read', beta.app.keys), await clientToken(rig, beta.app.keys)];
    await rig.gate.directory.organizations[way]('ACME');
    for (const { access_token: token } of ours) await rig.get('/me', token).expect(401);
    for (const { access_token: token } of theirs) await rig.get('/me', token).expect(200);
    expect(await statusOf(rig.token({ grant_type: 'client_credentials' }, acme.server.keys))).toBe(401);
    const token = theirs[0]?.access_token ?? '';
    expect(await statusOf(rig.postTo('/introspect', { token }, acme.server.keys))).toBe(401);
    expect(await statusOf(rig.postTo('/revoke', { token }, acme.app.keys))).toBe(401);
    await rig.signIn(beta.sam, 'read', beta.app.keys);
  });

  it('S-102 are passed to the users function, which is never called for users of another one', async () => {
    const asked: unknown[] = [];
    const rig = aGate({
      ...(await freshStore()),
      organizations: [{ key: 'acme' }, { key: 'beta' }],
      applications: [],
      users: (username, _password, { organization }) => {
        asked.push([username, organization]);
        return { id: `${organization ?? ''}/${username}` };
      },
    });
    const acme = await aMadeApplication(rig, { owner: 'boss@acme' });
    const { access_token: token } = await rig.signIn(['sam@acme', 'x'], 'read', acme.keys);
    expect((await rig.get('/me', token)).body).toMatchObject({ subject: 'acme/sam', organization: 'acme' });
    expect(await statusOf(rig.token(passwordForm(['sam@beta', 'x']), acme.keys))).toBe(400);
    expect(asked).toEqual([['sam', 'acme']]);
    const issued = await rig.gate.tokens.issue({ clientId: acme.clientId, subject: 'acme/sam' });
    expect((await rig.get('/me', issued.accessToken)).body).toMatchObject({ organization: 'acme' });
  });
});

describe('an application without an organization, although there are organizations,', () => {
  it('gets no tokens for users, because no user can sign in to it', async () => {
    const rig = aGate(NOBODY_DECLARED);
    const { organizations, users } = rig.gate.directory;
    for (const username of ['old', 'old@acme']) await users.create({ username, password: 'old-password' });
    const { clientId, keys } = await aMadeApplication(rig, { owner: 'old' });
    const issue = (subject: string) => rejectionOf(rig.gate.tokens.issue({ clientId, subject }));
    await rig.signIn(['old', 'old-password'], 'read', keys);
    expect(await issue('old')).toBeUndefined();

    await organizations.create({ key: 'acme' });
    for (const username of ['old', 'old@acme']) {
      expect(await statusOf(rig.token(passwordForm([username, 'old-password']), keys))).toBe(400);
      expect([username, await issue(username)]).toEqual([username, notFound]);
    }
  });

  it('gets no tokens for users of a users function, either', async () => {
    const rig = aGate({ applications: [], users: (username) => ({ id: username }) });
    const { applications } = rig.gate.directory;
    const { id } = await applications.create({ name: 'Of nobody' });
    const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
    const refused = await rig.token(passwordForm(['jack@johnsorg', 'x']), [clientId, clientSecret]);
    expectCleanAnswer(refused, { status: 400, error: 'invalid_grant' });
    expect(await rejectionOf(rig.gate.tokens.issue({ clientId, subject: 'jack' }))).toEqual(notFound);
    expect(await rig.gate.tokens.issue({ clientId, scopes: ['read'] })).toMatchObject({ scopes: ['read'] });
  });
});

describe('the end of an organization', () => {
  it('does not affect a key that it once had and that is now declared for another organization', async () => {
    const shared = await onRedis();
    const before = aGate({ ...shared, ...NOBODY_DECLARED });
    const { organizations, applications } = before.gate.directory;
    await organizations.create({ key: 'acme' });
    const { id } = await applications.create({ name: 'App', owner: 'boss@acme' });
    await applications.generateKeys(id, { environment: 'production', clientId: 'moved', clientSecret: 'before' });

    const after = aGate({
      ...shared,
      applications: [{ name: 'App', owner: 'boss@johnsorg', consumerKey: 'moved', consumerSecret: 'now' }],
    });
    const { access_token: token } = await clientToken(after, ['moved', 'now']);
    await after.gate.directory.organizations.disable('acme');
    expect((await after.get('/me', token)).body).toMatchObject({ clientId: 'moved', organization: 'johnsorg' });
  });
});

describe('without organizations,', () => {
  const open = async () => {
    const rig = aGate(NOBODY_DECLARED);
    await rig.gate.directory.users.create({ username: 'sam@acme', password: 'sam-password', roles: ['clerk'] });
    const sam: Pair = ['sam@acme', 'sam-password'];
    const one = await aMadeApplication(rig, { owner: 'anybody@nowhere' });
    const server = await aMadeApplication(rig, { owner: 'somebody', introspect: true });
    return { ...rig, sam, one, server };
  };

  it('tokens name none, and the whole text is the name of the user', async () => {
    const rig = await open();
    const { access_token: token } = await rig.signIn(rig.sam, 'read', rig.one.keys);
    const { accessToken: issued } = await rig.gate.tokens.issue({ clientId: rig.one.clientId, subject: 'SAM@acme' });
    const { access_token: own } = await clientToken(rig, rig.one.keys);
    for (const each of [token, issued]) {
      expect((await rig.get('/me', each)).body).toMatchObject({ subject: 'sam@acme' });
    }
    for (const each of [token, issued, own]) {
      expect((await rig.get('/me', each)).body).not.toHaveProperty('organization');
    }
    expect(await rejectionOf(rig.gate.tokens.issue({ clientId: rig.one.clientId, subject: 'sam' }))).toEqual(notFound);
  });

  it('S-231 a client with `introspect` can introspect all access tokens, other clients only their own', async () => {
    const rig = await open();
    const { access_token: token, refresh_token: spare } = await rig.signIn(rig.sam, 'read', rig.one.keys);
    const { body } = await rig.postTo('/introspect', { token }, rig.server.keys).expect(200);
    expect(body).toMatchObject({ active: true, sub: 'sam@acme', client_id: rig.one.clientId });
    expect(body).not.toHaveProperty('organization');
    expect(await introspected(rig, spare, rig.server)).toEqual(INACTIVE);
    const { access_token: servers } = await clientToken(rig, rig.server.keys);
    expect(await introspected(rig, servers, rig.one)).toEqual(INACTIVE);
  });

  it('S-121 S-215 tokens are still bound to their client', async () => {
    const rig = await open();
    const tokens = await rig.signIn(rig.sam, 'read', rig.one.keys);
    await refusedRefresh(rig, tokens.refresh_token, rig.server.keys);
    const answer = await rig.postTo('/revoke', { token: tokens.access_token }, rig.server.keys);
    expectCleanAnswer(answer, { status: 400, error: 'unauthorized_client' });
    await rig.get('/me', tokens.access_token).expect(200);
    await refreshed({ token: (form) => rig.token(form, rig.one.keys) }, tokens);
  });
});

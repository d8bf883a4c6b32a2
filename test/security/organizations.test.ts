import type { Organization, ScopegateOptions } from 'scopegate';
import { aMadeApplication, clientToken, statusOf } from '../support/gate/api-gate';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, type Pair, type TestGate, type TestScope } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { refresh, refreshed, refusedRefresh, REFUSED_REFRESH } from '../support/tokens/refreshing';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm } from '../support/tokens/forms';
import { grantIdOf } from '../support/tokens/tokens';

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
const anOrganization = async (harness: TestGate, organization: string): Promise<Member> => {
  const { organizations, users } = harness.gate.directory;
  await organizations.create({ key: organization });
  const sam: Pair = [`sam@${organization}`, `${organization}-password`];
  await users.create({ username: 'sam', organization, password: sam[1], roles: ['clerk'] });
  return {
    organization,
    sam,
    app: await aMadeApplication(harness, { owner: sam[0] }),
    server: await aMadeApplication(harness, { owner: sam[0], introspect: true }),
  };
};

const introspected = async (harness: TestGate, token: string, { keys }: Application) => {
  const { status, text } = await harness.postTo('/introspect', { token }, keys);
  return [status, text];
};

const bothWays = ([acme, beta]: readonly [Member, Member]) =>
  [
    [acme, beta],
    [beta, acme],
  ] as const;

describe.each(everyStore)('two organizations in %s', (_name, freshStore) => {
  const open = async (overrides: Partial<ScopegateOptions<TestScope>> = {}) => {
    const harness = aGate({ ...(await freshStore()), ...NOBODY_DECLARED, ...overrides });
    const both = [await anOrganization(harness, 'acme'), await anOrganization(harness, 'beta')] as const;
    return { ...harness, both };
  };

  it('S-082 let only their own users sign in, and other users look unknown', async () => {
    const harness = await open();
    for (const [ours, theirs] of bothWays(harness.both)) {
      const nobody = await harness.token(passwordForm([`nobody@${ours.organization}`, 'x']), ours.app.keys);
      expectCleanAnswer(nobody, { status: 400, error: 'invalid_grant' });
      for (const user of [
        theirs.sam,
        [theirs.sam[0], ours.sam[1]],
        [ours.sam[0], theirs.sam[1]],
        ['sam', ours.sam[1]],
      ]) {
        const answer = await harness.token(passwordForm(user as Pair), ours.app.keys);
        expect([user, answer.status, answer.text]).toEqual([user, 400, nobody.text]);
      }
      const { access_token: token } = await harness.signIn(ours.sam, 'read', ours.app.keys);
      const { body } = await harness.get('/me', token);
      expect(body).toMatchObject({ subject: ours.sam[0], organization: ours.organization });
      const own = await clientToken(harness, ours.app.keys);
      expect((await harness.get('/me', own.access_token)).body).toMatchObject({ organization: ours.organization });
    }
  });

  it('have case-insensitive keys', async () => {
    const harness = await open();
    const [{ sam, app }] = harness.both;
    const { access_token: token } = await harness.signIn(['SAM@ACME', sam[1]], 'read', app.keys);
    expect((await harness.get('/me', token)).body).toMatchObject({ subject: 'sam@acme', organization: 'acme' });
  });

  it("S-121 S-142 cannot refresh each other's tokens, nor end the grants by an attempt", async () => {
    const harness = await open();
    for (const [ours, theirs] of bothWays(harness.both)) {
      const first = await harness.signIn(ours.sam, 'read update', ours.app.keys);
      const { body } = await refresh(harness, first.refresh_token, undefined, ours.app.keys).expect(200);
      const { access_token: live, refresh_token: successor } = body as typeof first;
      for (const token of [first.refresh_token, successor, first.access_token]) {
        for (const scope of [undefined, 'read', 'admin']) {
          await refresh(harness, token, scope, theirs.app.keys).expect(400, REFUSED_REFRESH);
        }
      }
      await harness.put('/orders/1', live).expect(200);
      await refresh(harness, successor, undefined, ours.app.keys).expect(200);
    }
  });

  it("S-215 cannot revoke each other's tokens", async () => {
    const harness = await open();
    for (const [ours, theirs] of bothWays(harness.both)) {
      const first = await harness.signIn(ours.sam, 'read', ours.app.keys);
      const { body } = await refresh(harness, first.refresh_token, undefined, ours.app.keys).expect(200);
      const second = body as typeof first;
      const own = await clientToken(harness, ours.app.keys);
      const tokens = [first.refresh_token, second.refresh_token, second.access_token, own.access_token];
      for (const token of tokens) {
        for (const { keys } of [theirs.app, theirs.server, ours.server]) {
          const answer = await harness.postTo('/revoke', { token }, keys);
          expectCleanAnswer(answer, { status: 400, error: 'unauthorized_client', without: ['sam', ours.app.clientId] });
        }
      }
      for (const token of [second.access_token, own.access_token]) await harness.get('/me', token).expect(200);
      await refresh(harness, second.refresh_token, undefined, ours.app.keys).expect(200);
    }
  });

  it('S-231 introspect only their own access tokens, and only if they may introspect at all', async () => {
    const harness = await open();
    for (const [ours, theirs] of bothWays(harness.both)) {
      const users = await harness.signIn(ours.sam, 'read', ours.app.keys);
      const own = await clientToken(harness, ours.app.keys, 'read');
      for (const token of [users.access_token, own.access_token]) {
        const { body } = await harness.postTo('/introspect', { token }, ours.server.keys).expect(200);
        const { organization } = ours;
        expect(body).toMatchObject({ active: true, client_id: ours.app.clientId, organization, scope: 'read' });
        for (const stranger of [theirs.server, theirs.app]) {
          expect(await introspected(harness, token, stranger)).toEqual(INACTIVE);
        }
      }
      // Only its own client may introspect a refresh token, and another application of the organization nothing at all.
      for (const stranger of [ours.server, theirs.server]) {
        expect(await introspected(harness, users.refresh_token, stranger)).toEqual(INACTIVE);
      }
      const servers = await clientToken(harness, ours.server.keys);
      expect(await introspected(harness, servers.access_token, ours.app)).toEqual(INACTIVE);
    }
  });

  it('S-231 are invisible to an application without an organization, and the reverse', async () => {
    const harness = await open();
    const { applications } = harness.gate.directory;
    const without = async (introspect: boolean): Promise<Application> => {
      const { id } = await applications.create({ name: 'Of nobody', introspect });
      const { clientId, clientSecret, secretId } = await applications.generateKeys(id, { environment: 'production' });
      return { id, clientId, keys: [clientId, clientSecret], secretId };
    };
    const [server, app] = [await without(true), await without(false)];
    const { access_token: apart } = await clientToken(harness, app.keys, 'read');
    const { body } = await harness.postTo('/introspect', { token: apart }, server.keys).expect(200);
    expect(body).toMatchObject({ active: true, client_id: app.clientId });
    expect(body).not.toHaveProperty('organization');
    expect((await harness.get('/me', apart)).body).not.toHaveProperty('organization');
    for (const { sam, app: theirs, server: theirServer } of harness.both) {
      const { access_token: token } = await harness.signIn(sam, 'read', theirs.keys);
      expect(await introspected(harness, token, server)).toEqual(INACTIVE);
      expect(await introspected(harness, apart, theirServer)).toEqual(INACTIVE);
    }
  });

  it('get tokens for their own users only', async () => {
    const harness = await open();
    for (const [ours, theirs] of bothWays(harness.both)) {
      const { clientId } = ours.app;
      for (const subject of [
        theirs.sam[0],
        theirs.sam[0].toUpperCase(),
        'sam',
        `${ours.sam[0]}@${theirs.organization}`,
      ]) {
        expect(await rejectionOf(harness.gate.tokens.issue({ clientId, subject }))).toEqual(notFound);
      }
      const { accessToken } = await harness.gate.tokens.issue({ clientId, subject: ours.sam[0] });
      expect((await harness.get('/me', accessToken)).body).toMatchObject({ organization: ours.organization });
    }
  });

  it('may have users of the same name, whose grants are listed and ended separately', async () => {
    const harness = await open();
    for (const [ours, theirs] of bothWays(harness.both)) {
      const { access_token: token } = await harness.signIn(ours.sam, 'read', ours.app.keys);
      const { access_token: other } = await harness.signIn(theirs.sam, 'read', theirs.app.keys);
      const found = await collect(harness.gate.tokens.find({ user: ours.sam[0] }));
      expect(found.map(({ grantId, organization }) => [grantId, organization])).toEqual([
        [grantIdOf(token), ours.organization],
      ]);
      await harness.gate.tokens.revoke({ user: 'sam' });
      await harness.get('/me', token).expect(200);
      await harness.gate.tokens.revoke({ user: ours.sam[0] });
      await harness.get('/me', token).expect(401);
      await harness.get('/me', other).expect(200);
      await harness.gate.tokens.revoke({ user: theirs.sam[0] });
    }
  });

  it.each(['disable', 'remove'] as const)('S-085 are independent when one ends: %s', async (way) => {
    const harness = await open();
    const [acme, beta] = harness.both;
    const ours = [await harness.signIn(acme.sam, 'read', acme.app.keys), await clientToken(harness, acme.app.keys)];
    const theirs = [await harness.signIn(beta.sam, 'read', beta.app.keys), await clientToken(harness, beta.app.keys)];
    await harness.gate.directory.organizations[way]('ACME');
    for (const { access_token: token } of ours) await harness.get('/me', token).expect(401);
    for (const { access_token: token } of theirs) await harness.get('/me', token).expect(200);
    expect(await statusOf(harness.token({ grant_type: 'client_credentials' }, acme.server.keys))).toBe(401);
    const token = theirs[0]?.access_token ?? '';
    expect(await statusOf(harness.postTo('/introspect', { token }, acme.server.keys))).toBe(401);
    expect(await statusOf(harness.postTo('/revoke', { token }, acme.app.keys))).toBe(401);
    await harness.signIn(beta.sam, 'read', beta.app.keys);
  });

  it('S-102 are passed to the users function, which is never called for users of another one', async () => {
    const asked: unknown[] = [];
    const harness = aGate({
      ...(await freshStore()),
      organizations: [{ key: 'acme' }, { key: 'beta' }],
      applications: [],
      users: (username, _password, { organization }) => {
        asked.push([username, organization]);
        return { id: `${organization ?? ''}/${username}` };
      },
    });
    const acme = await aMadeApplication(harness, { owner: 'boss@acme' });
    const { access_token: token } = await harness.signIn(['sam@acme', 'x'], 'read', acme.keys);
    expect((await harness.get('/me', token)).body).toMatchObject({ subject: 'acme/sam', organization: 'acme' });
    expect(await statusOf(harness.token(passwordForm(['sam@beta', 'x']), acme.keys))).toBe(400);
    expect(asked).toEqual([['sam', 'acme']]);
    const issued = await harness.gate.tokens.issue({ clientId: acme.clientId, subject: 'acme/sam' });
    expect((await harness.get('/me', issued.accessToken)).body).toMatchObject({ organization: 'acme' });
  });
});

describe('an application without an organization, although there are organizations,', () => {
  it('gets no tokens for users, because no user can sign in to it', async () => {
    const harness = aGate(NOBODY_DECLARED);
    const { organizations, users } = harness.gate.directory;
    for (const username of ['old', 'old@acme']) await users.create({ username, password: 'old-password' });
    const { clientId, keys } = await aMadeApplication(harness, { owner: 'old' });
    const issue = (subject: string) => rejectionOf(harness.gate.tokens.issue({ clientId, subject }));
    await harness.signIn(['old', 'old-password'], 'read', keys);
    expect(await issue('old')).toBeUndefined();

    await organizations.create({ key: 'acme' });
    for (const username of ['old', 'old@acme']) {
      expect(await statusOf(harness.token(passwordForm([username, 'old-password']), keys))).toBe(400);
      expect([username, await issue(username)]).toEqual([username, notFound]);
    }
  });

  it('gets no tokens for users of a users function, either', async () => {
    const harness = aGate({ applications: [], users: (username) => ({ id: username }) });
    const { applications } = harness.gate.directory;
    const { id } = await applications.create({ name: 'Of nobody' });
    const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
    const refused = await harness.token(passwordForm(['jack@johnsorg', 'x']), [clientId, clientSecret]);
    expectCleanAnswer(refused, { status: 400, error: 'invalid_grant' });
    expect(await rejectionOf(harness.gate.tokens.issue({ clientId, subject: 'jack' }))).toEqual(notFound);
    expect(await harness.gate.tokens.issue({ clientId, scopes: ['read'] })).toMatchObject({ scopes: ['read'] });
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
    expect((await after.token({ grant_type: 'client_credentials' }, ['moved', 'now'])).status).toBe(401);
    await after.gate.directory.applications.remove(id); // while it exists, the declared key is refused
    const { access_token: token } = await clientToken(after, ['moved', 'now']);
    await after.gate.directory.organizations.disable('acme');
    expect((await after.get('/me', token)).body).toMatchObject({ clientId: 'moved', organization: 'johnsorg' });
  });
});

describe('without organizations,', () => {
  const open = async () => {
    const harness = aGate(NOBODY_DECLARED);
    await harness.gate.directory.users.create({ username: 'sam@acme', password: 'sam-password', roles: ['clerk'] });
    const sam: Pair = ['sam@acme', 'sam-password'];
    const one = await aMadeApplication(harness, { owner: 'anybody@nowhere' });
    const server = await aMadeApplication(harness, { owner: 'somebody', introspect: true });
    return { ...harness, sam, one, server };
  };

  it('tokens name none, and the whole text is the name of the user', async () => {
    const harness = await open();
    const { access_token: token } = await harness.signIn(harness.sam, 'read', harness.one.keys);
    const { accessToken: issued } = await harness.gate.tokens.issue({
      clientId: harness.one.clientId,
      subject: 'SAM@acme',
    });
    const { access_token: own } = await clientToken(harness, harness.one.keys);
    for (const each of [token, issued]) {
      expect((await harness.get('/me', each)).body).toMatchObject({ subject: 'sam@acme' });
    }
    for (const each of [token, issued, own]) {
      expect((await harness.get('/me', each)).body).not.toHaveProperty('organization');
    }
    expect(await rejectionOf(harness.gate.tokens.issue({ clientId: harness.one.clientId, subject: 'sam' }))).toEqual(
      notFound,
    );
  });

  it('S-231 a client with `introspect` can introspect all access tokens, other clients only their own', async () => {
    const harness = await open();
    const { access_token: token, refresh_token: spare } = await harness.signIn(harness.sam, 'read', harness.one.keys);
    const { body } = await harness.postTo('/introspect', { token }, harness.server.keys).expect(200);
    expect(body).toMatchObject({ active: true, sub: 'sam@acme', client_id: harness.one.clientId });
    expect(body).not.toHaveProperty('organization');
    expect(await introspected(harness, spare, harness.server)).toEqual(INACTIVE);
    const { access_token: servers } = await clientToken(harness, harness.server.keys);
    expect(await introspected(harness, servers, harness.one)).toEqual(INACTIVE);
  });

  it('S-121 S-215 tokens are still bound to their client', async () => {
    const harness = await open();
    const tokens = await harness.signIn(harness.sam, 'read', harness.one.keys);
    await refusedRefresh(harness, tokens.refresh_token, harness.server.keys);
    const answer = await harness.postTo('/revoke', { token: tokens.access_token }, harness.server.keys);
    expectCleanAnswer(answer, { status: 400, error: 'unauthorized_client' });
    await harness.get('/me', tokens.access_token).expect(200);
    await refreshed({ token: (form) => harness.token(form, harness.one.keys) }, tokens);
  });
});

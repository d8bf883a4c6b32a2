import { createKeys } from '../../src/stores/redis/keys';
import { everyStore, onRedis } from '../support/stores/every-store';
import { ADA, ANA, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { signedIn, type PortalVisitor } from '../support/portal/visitor';
import { rejectionOf } from '../support/expect/thrown';

const ZOE = 'zoe@johnsorg';
const administrator = { by: 'administrator' } as const;
const refused = { code: 'ERR_SCOPEGATE_VALUE' };

describe.each(everyStore)('a disabled record in %s', (_name, freshStore) => {
  /** A user and an application that were made at run time. */
  const aPortal = async (): Promise<ServedPortal & { readonly id: string }> => {
    const portal = await servePortal(await freshStore());
    const { users, applications } = portal.gate.directory;
    await users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password' });
    const { id } = await applications.create({ name: 'Zoe`s app', owner: ANA.username });
    return { ...portal, id };
  };

  it('can only be enabled by the operator if the operator disabled it', async () => {
    const { gate, id } = await aPortal();
    const { users, applications } = gate.directory;
    for (const [calls, key] of [
      [users, ZOE],
      [applications, id],
    ] as const) {
      expect(await calls.disable(key)).toMatchObject({ enabled: false, disabledBy: 'operator' });
      expect(await rejectionOf(calls.enable(key, administrator))).toMatchObject(refused);
      expect(await calls.find(key)).toMatchObject({ enabled: false, disabledBy: 'operator' });
      // An administrator who disables it once more does not take it over.
      expect(await calls.disable(key, administrator)).toMatchObject({ disabledBy: 'operator' });
      expect(await rejectionOf(calls.enable(key, administrator))).toMatchObject(refused);
      expect(await calls.enable(key)).not.toHaveProperty('disabledBy');
      expect(await calls.find(key)).toMatchObject({ enabled: true });
    }
  });

  it('can be enabled by both if an administrator disabled it, unless the operator disables it as well', async () => {
    const { gate, id } = await aPortal();
    const { users, applications } = gate.directory;
    for (const [calls, key] of [
      [users, ZOE],
      [applications, id],
    ] as const) {
      for (const blocking of [administrator, {}, undefined]) {
        expect(await calls.disable(key, administrator)).toMatchObject({ enabled: false, disabledBy: 'administrator' });
        expect(await calls.enable(key, blocking)).toMatchObject({ enabled: true });
      }
      await calls.disable(key, administrator);
      expect(await calls.disable(key)).toMatchObject({ disabledBy: 'operator' });
      expect(await rejectionOf(calls.enable(key, administrator))).toMatchObject(refused);
    }
  });

  it('stays disabled if an operator disables it while an administrator enables it', async () => {
    const { gate } = await aPortal();
    const { users } = gate.directory;
    for (let round = 0; round < 10; round += 1) {
      await users.disable(ZOE, administrator);
      await Promise.allSettled([users.enable(ZOE, administrator), users.disable(ZOE)]);
      expect(await users.find(ZOE)).toMatchObject({ enabled: false, disabledBy: 'operator' });
      await users.enable(ZOE);
    }
  });

  it('S-366 po-remove: of the operator cannot be removed by an administrator, who could give its name again', async () => {
    const { gate, ...portal } = await aPortal();
    const { users } = gate.directory;
    await users.disable(ZOE);
    expect(await rejectionOf(users.remove(ZOE, administrator))).toMatchObject(refused);
    const ada = await signedIn({ gate, ...portal }, ADA);
    const address = `/admin/users/${encodeURIComponent(ZOE)}`;
    expect((await ada.get(address)).text).not.toContain('/admin/users/remove');
    const answer = await act(ada, '/admin/users/remove', { username: ZOE });
    expect([answer.status, answer.text.includes('only the operator can change that')]).toEqual([400, true]);
    expect(await users.find(ZOE)).toMatchObject({ disabledBy: 'operator' });
    await users.enable(ZOE);
    await users.disable(ZOE, administrator);
    expect((await act(ada, '/admin/users/remove', { username: ZOE })).status).toBe(303);
    expect(await users.find(ZOE)).toBeUndefined();
  });

  const act = async (visitor: PortalVisitor, path: string, fields: Readonly<Record<string, string>> = {}) =>
    visitor.post(path, { form_token: await visitor.formToken('/apis', '/sign-out'), ...fields });

  it('shows in the portal that the operator disabled it, and cannot be enabled by an administrator then', async () => {
    const { gate, id, ...portal } = await aPortal();
    const ada = await signedIn({ gate, ...portal }, ADA);
    await gate.directory.users.disable(ZOE);
    await gate.directory.applications.disable(id);
    for (const page of ['/admin/users', '/admin/applications']) {
      const { text } = await ada.get(page);
      expect(text).toContain('Disabled by the operator');
      expect(text).not.toMatch(/aria-label="Enable (zoe|Zoe)/);
    }
    expect((await act(ada, '/admin/users/enable', { username: ZOE })).status).toBe(400);
    expect((await act(ada, `/admin/applications/${id}/enable`)).status).toBe(400);
    expect(await gate.directory.users.find(ZOE)).toMatchObject({ enabled: false });
    expect(await gate.directory.applications.find(id)).toMatchObject({ enabled: false });
  });

  it('can be enabled in the portal by an administrator if an administrator disabled it there', async () => {
    const { gate, id, ...portal } = await aPortal();
    const ada = await signedIn({ gate, ...portal }, ADA);
    expect((await act(ada, '/admin/users/disable', { username: ZOE })).status).toBe(303);
    expect((await act(ada, `/admin/applications/${id}/disable`)).status).toBe(303);
    expect(await gate.directory.users.find(ZOE)).toMatchObject({ disabledBy: 'administrator' });
    expect((await ada.get('/admin/users')).text).toContain('Disabled by an administrator');
    expect((await act(ada, '/admin/users/enable', { username: ZOE })).status).toBe(303);
    expect((await act(ada, `/admin/applications/${id}/enable`)).status).toBe(303);
    expect(await gate.directory.users.find(ZOE)).toMatchObject({ enabled: true });
    expect(await gate.directory.applications.find(id)).toMatchObject({ enabled: true });
  });
});

it('a record that was disabled by an earlier version counts as disabled by the operator', async () => {
  const { redis, prefix, deadline } = await onRedis();
  const { gate } = await servePortal({ redis, prefix, deadline });
  const { users } = gate.directory;
  await users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password' });
  const key = createKeys(prefix).directory('users');
  const record = JSON.parse(String(await redis.call('hget', key, ZOE))) as object;
  await redis.call('hset', key, ZOE, JSON.stringify({ ...record, enabled: false }));
  expect(await users.find(ZOE)).toMatchObject({ enabled: false, disabledBy: 'operator' });
  expect(await rejectionOf(users.enable(ZOE, administrator))).toMatchObject(refused);
  expect(await users.enable(ZOE)).toMatchObject({ enabled: true });
});

import { BEN, ANA, serveStore } from '../support/store';
import { signedIn, withKeys } from '../support/store-visitor';
import { listed } from '../support/listed';

const namesOf = async ({ gate }: Awaited<ReturnType<typeof serveStore>>, owner: string): Promise<readonly string[]> =>
  (await listed(gate.directory.applications.list()))
    .filter((application) => application.owner === owner)
    .map(({ name }) => name)
    .sort();

describe('applications of one owner', () => {
  it.each(['My app', 'my APP', 'Ｍy app'])('must have different names: %j is refused beside "My app"', async (name) => {
    const store = await serveStore();
    const ben = await signedIn(store, BEN);
    await withKeys(ben, 'My app');
    const { status, text } = await ben.submit('/subscriptions', '/applications', { name });
    expect(status).toBe(400);
    expect(text).toContain('The name is taken by your application My app; choose another.');
    expect(text).toContain(`value="${name}"`); // to be corrected
    expect(await namesOf(store, BEN.username)).toEqual(['My app']);
  });

  it('may have a name that another user has used', async () => {
    const store = await serveStore();
    await withKeys(await signedIn(store, BEN), 'My app');
    await withKeys(await signedIn(store, ANA), 'My app');
    expect(await namesOf(store, ANA.username)).toEqual(['Declared app', 'My app']);
  });

  it('show an invalid name again in the form, with the rule', async () => {
    const store = await serveStore();
    const ben = await signedIn(store, BEN);
    const { status, text } = await ben.submit('/subscriptions', '/applications', { name: 'x'.repeat(101) });
    expect(status).toBe(400);
    expect(text).toMatch(/The name must be 1 to 100 characters/);
    expect(text).toContain(`value="${'x'.repeat(101)}"`);
  });

  it('start with a default name that is unused', async () => {
    const consumer = { consumerKey: 'key', consumerSecret: 'declared-secret' };
    const store = await serveStore({
      applications: [{ name: 'DefaultApplication', owner: BEN.username, ...consumer }],
    });
    const ben = await signedIn(store, BEN);
    expect((await ben.submit('/apis', '/apis/orders/subscribe')).status).toBe(303);
    expect(await namesOf(store, BEN.username)).toEqual(['DefaultApplication', 'DefaultApplication 2']);
  });
});

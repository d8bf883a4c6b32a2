import { BEN, ANA, servePortal } from '../support/portal/served-portal';
import { signedIn, withKeys } from '../support/portal/visitor';
import { collect } from '../support/stores/collect';

const namesOf = async ({ gate }: Awaited<ReturnType<typeof servePortal>>, owner: string): Promise<readonly string[]> =>
  (await collect(gate.directory.applications.list()))
    .filter((application) => application.owner === owner)
    .map(({ name }) => name)
    .sort();

describe('applications of one owner', () => {
  it.each(['My app', 'my APP', 'Ｍy app'])('must have different names: %j is refused beside "My app"', async (name) => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    await withKeys(ben, 'My app');
    const { status, text } = await ben.submit('/subscriptions', '/applications', { name });
    expect(status).toBe(400);
    expect(text).toContain('The name is taken by your application My app; choose another.');
    expect(text).toContain(`value="${name}"`); // to be corrected
    expect(await namesOf(portal, BEN.username)).toEqual(['My app']);
  });

  it('may have a name that another user has used', async () => {
    const portal = await servePortal();
    await withKeys(await signedIn(portal, BEN), 'My app');
    await withKeys(await signedIn(portal, ANA), 'My app');
    expect(await namesOf(portal, ANA.username)).toEqual(['Declared app', 'My app']);
  });

  it('show an invalid name again in the form, with the rule', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const { status, text } = await ben.submit('/subscriptions', '/applications', { name: 'x'.repeat(101) });
    expect(status).toBe(400);
    expect(text).toMatch(/The name must be 1 to 100 characters/);
    expect(text).toContain(`value="${'x'.repeat(101)}"`);
  });

  it('start with a default name that is unused', async () => {
    const consumer = { consumerKey: 'key', consumerSecret: 'declared-secret' };
    const portal = await servePortal({
      applications: [{ name: 'DefaultApplication', owner: BEN.username, ...consumer }],
    });
    const ben = await signedIn(portal, BEN);
    expect((await ben.submit('/apis', '/apis/orders/subscribe')).status).toBe(200);
    expect(await namesOf(portal, BEN.username)).toEqual(['DefaultApplication', 'DefaultApplication 2']);
  });
});

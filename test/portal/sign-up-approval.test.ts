import { everyStore } from '../support/stores/every-store';
import { ADA, EVE, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { PortalVisitor, signedIn } from '../support/portal/visitor';

const USERS = '/admin/users';
const ZOE = { username: 'zoe@johnsorg', password: 'zoe-password' } as const;
const WAITING = 'Your account waits for the approval of an administrator of your organization.';
const WRONG = 'The user name or the password is wrong.';
const withApproval = { portal: { signUp: { organizations: ['johnsorg'], approval: true } } } as const;

const signUp = (portal: ServedPortal, username = 'zoe', password: string = ZOE.password) =>
  new PortalVisitor(portal).submit('/sign-up', '/sign-up', {
    username,
    organization: 'johnsorg',
    password,
    again: password,
  });

const remarkOn = async (portal: ServedPortal, user: { readonly username: string; readonly password: string }) => {
  const { status, text } = await new PortalVisitor(portal).signIn(user);
  return status === 303 ? 'signed in' : [WAITING, WRONG].find((remark) => text.includes(remark));
};

describe.each(everyStore)('a sign-up that needs approval, with %s,', (_name, freshStore) => {
  it('S-362 po-pending: is named as the reason only after the right password, on the page only', async () => {
    const portal = await servePortal(await freshStore(), withApproval);
    expect(await signUp(portal)).toMatchObject({ status: 303, location: '/sign-in?done=requested' });
    // The same for a name that is taken, also by a sign-up that waits.
    for (const username of ['zoe', 'ana']) {
      expect(await signUp(portal, username)).toMatchObject({ status: 303, location: '/sign-in?done=requested' });
    }
    expect(await remarkOn(portal, ZOE)).toBe(WAITING);
    expect(await remarkOn(portal, { ...ZOE, password: 'wrong-password' })).toBe(WRONG);
    const form = new URLSearchParams({ grant_type: 'password', username: ZOE.username });
    const Authorization = `Basic ${Buffer.from('key:declared-secret').toString('base64')}`;
    const answers = await Promise.all(
      [ZOE.password, 'wrong-password'].map(async (password) => {
        const body = `${form.toString()}&password=${password}`;
        const headers = { Authorization, 'Content-Type': 'application/x-www-form-urlencoded' };
        const answer = await fetch(`${portal.url}/token`, { method: 'POST', headers, body });
        return `${answer.status} ${await answer.text()}`;
      }),
    );
    expect(answers[0]).toMatch(/^400 .*invalid_grant/);
    expect(new Set(answers).size).toBe(1);
  });

  it('is approved by an administrator of the organization alone, after which the user signs in', async () => {
    const portal = await servePortal(await freshStore(), withApproval);
    await signUp(portal);
    const ada = await signedIn(portal, ADA);
    const path = `${USERS}/${encodeURIComponent(ZOE.username)}`;
    const { text } = await ada.get(path);
    expect(text).toContain('Waiting for approval');
    for (const form of ['roles', 'link', 'enable']) expect(text).not.toContain(`action="/store${USERS}/${form}"`);
    const eve = await signedIn(portal, EVE);
    const form_token = await eve.formToken('/apis', '/sign-out');
    for (const decision of ['approve', 'reject']) {
      const answer = await eve.post(`${USERS}/sign-ups/${decision}`, { form_token, username: ZOE.username });
      expect(answer.status).toBe(404);
    }
    expect((await ada.submit(path, `${USERS}/sign-ups/approve`)).location).toBe(`${USERS}?done=sign-up-approved`);
    expect(await remarkOn(portal, ZOE)).toBe('signed in');
  });

  it('is listed and decided on the page Approvals as well', async () => {
    const portal = await servePortal(await freshStore(), withApproval);
    for (const username of ['zoe', 'yan']) await signUp(portal, username);
    const [ada, eve] = [await signedIn(portal, ADA), await signedIn(portal, EVE)];
    expect((await eve.get('/admin/approvals')).text).toContain('No sign-up waits for approval.');
    const { text } = await ada.get('/admin/approvals');
    expect(text.match(/>Approve<\/button>/g)).toHaveLength(2);
    const username = ZOE.username;
    const first = await ada.submit('/admin/approvals', `${USERS}/sign-ups/approve`, { username });
    expect(first.location).toBe('/admin/approvals?done=sign-up-approved');
    expect((await ada.get(first.location ?? '')).text).toContain('Sign-up approved.');
    const second = await ada.submit('/admin/approvals', `${USERS}/sign-ups/reject`);
    expect(second.location).toBe('/admin/approvals?done=sign-up-rejected');
    expect((await ada.get('/admin/approvals')).text).toContain('No sign-up waits for approval.');
    expect(await remarkOn(portal, ZOE)).toBe('signed in');
  });

  it('is rejected, after which the name is free and the old password is worth nothing', async () => {
    const portal = await servePortal(await freshStore(), withApproval);
    await signUp(portal);
    const ada = await signedIn(portal, ADA);
    const path = `${USERS}/${encodeURIComponent(ZOE.username)}`;
    expect((await ada.submit(path, `${USERS}/sign-ups/reject`)).location).toBe(`${USERS}?done=sign-up-rejected`);
    expect((await ada.get(path)).status).toBe(404);
    expect(await remarkOn(portal, ZOE)).toBe(WRONG);
    await signUp(portal, 'zoe', 'another-password');
    await ada.submit(path, `${USERS}/sign-ups/approve`);
    expect(await remarkOn(portal, ZOE)).toBe(WRONG);
    expect(await remarkOn(portal, { ...ZOE, password: 'another-password' })).toBe('signed in');
  });
});

it.each(['yes', 1, null])('the option approval must be true or false, and not %p', async (approval) => {
  const signUpOption = { organizations: ['johnsorg'], approval } as unknown as { organizations: string[] };
  await expect(servePortal({}, { portal: { signUp: signUpOption } })).rejects.toThrow(/signUp.approval.*true or false/);
});

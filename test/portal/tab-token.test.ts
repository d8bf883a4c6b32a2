import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { BEN, servePortal } from '../support/portal/served-portal';
import { signedIn } from '../support/portal/visitor';

const script = readFileSync(join(__dirname, '../../src/portal/assets/tab-token.js'), 'utf8');

/** A tab that opens pages, with its session storage. */
const aTab = () => {
  const stored = new Map<string, string>();
  const sessionStorage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
    removeItem: (name: string) => stored.delete(name),
    clear: () => stored.clear(),
  };
  const open = (elements: Readonly<Record<string, string>>, action = '') => {
    const querySelector = (selector: string) =>
      elements[selector] === undefined ? null : { textContent: elements[selector] };
    runInNewContext(script + action, { sessionStorage, document: { querySelector } });
    return [...stored.values()].includes('sga_token');
  };
  return { open };
};

const of = (user: string) => ({ '.account-name': user });
const SET = ";tabToken.set('sga_token', 'client');";

describe('the token of a tab', () => {
  it('S-296 po-logout: is removed when another user opens a page, and by the sign-in page', () => {
    const { open } = aTab();
    expect(open(of('ana'), SET)).toBe(true);
    expect(open(of('ana'))).toBe(true);
    expect(open({})).toBe(true); // a page for visitors does not show it
    expect(open(of('ben'))).toBe(false);
    expect(open(of('ana'), SET)).toBe(true);
    expect(open({ 'form[action$="/sign-in"]': '' })).toBe(false);
  });

  it('is kept for the user whom every page names', async () => {
    const ben = await signedIn(await servePortal(), BEN);
    expect((await ben.get('/try-it')).text).toContain(`class="account-name">${BEN.username}</`);
  });
});

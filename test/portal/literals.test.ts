import { PAGES } from '../../src/portal/routes';
import type * as English from '../../src/pages/texts/en';
import type * as Pseudo from '../support/portal/pseudo-texts';
import { literalsIn } from '../support/portal/pseudo-texts';
import { MARKED, serveMarked, type MarkedPortal } from '../support/portal/marked-portal';
import { addressedPages, type PageRecords } from '../support/portal/page-addresses';
import { hiddenFields } from '../support/portal/visitor';

// German is the language in which every text is in brackets.
jest.mock('../../src/pages/texts/de', () => {
  const { pseudoTexts } = jest.requireActual<typeof Pseudo>('../support/portal/pseudo-texts');
  return { de: pseudoTexts(jest.requireActual<typeof English>('../../src/pages/texts/en').en) };
});

/** Paths of forms and downloads, which show no page. */
const NO_PAGES: ReadonlySet<string> = new Set(['/language', '/apis/:name/openapi.json', '/admin/audit.csv']);

describe('pages in a language whose every text is in brackets', () => {
  let records: PageRecords;
  let visitors: MarkedPortal['visitors'];

  beforeAll(async () => {
    ({ records, visitors } = await serveMarked());
  });

  const pages = PAGES.map(({ path, for: access }) => [path, access] as const);

  it.each(pages.filter(([path]) => !NO_PAGES.has(path)))('show no other word on %s, for %s', async (path, access) => {
    const address = addressedPages(records).find((page) => page.path === path)?.address ?? '';
    const { status, text } = await visitors[access].get(address, MARKED);
    expect([status, literalsIn(text)]).toEqual([200, []]);
  });

  const WRONG = { password: 'wrong', new: 'longer than that', again: 'other' };

  it.each([
    ['/sign-in', '/sign-in', {}],
    ['/sign-up', '/sign-up', { organization: 'zqorg', username: 'zq' }],
    ['/password', '/password', WRONG],
    ['/password', '/password', { ...WRONG, new: 'short', again: 'short' }],
    ['/subscriptions', '/applications', { name: 'zqApp' }],
  ] as const)('show no other word after a fault on %s', async (page, action, fields) => {
    const visitor = page.startsWith('/sign') ? visitors.anyone : visitors.users;
    const form = hiddenFields((await visitor.get(page)).text, action);
    const { status, text } = await visitor.post(action, { ...form, ...fields }, MARKED);
    expect(status).toBeGreaterThanOrEqual(200);
    expect([page, literalsIn(text)]).toEqual([page, []]);
  });

  it('show no other word on pages about errors', async () => {
    const answers = [
      await visitors.users.get('/nowhere', MARKED),
      await visitors.users.get('/applications/nowhere', MARKED),
      await visitors.users.post('/apis', {}, MARKED),
      await visitors.anyone.post('/sign-in', { form_token: 'x' }, MARKED),
      await visitors.anyone.post('/sign-in', 'a=1&a=2', MARKED),
    ];
    for (const { text } of answers) expect(literalsIn(text)).toEqual([]);
  });
});

import type * as English from '../../src/pages/texts/en';
import { ADA, MARKED, serveMarked, ZOE, type MarkedPortal } from '../support/portal/marked-portal';
import type { PageRecords } from '../support/portal/page-addresses';
import type * as Pseudo from '../support/portal/pseudo-texts';
import { literalsIn } from '../support/portal/pseudo-texts';
import { hiddenFields, type Fields, type PortalAnswer, type PortalVisitor } from '../support/portal/visitor';

// German is the language in which every text is in brackets.
jest.mock('../../src/pages/texts/de', () => {
  const { pseudoTexts } = jest.requireActual<typeof Pseudo>('../support/portal/pseudo-texts');
  return { de: pseudoTexts(jest.requireActual<typeof English>('../../src/pages/texts/en').en) };
});

/** A text that is too long for a label. */
const LONG_LABEL = 'zq'.repeat(60);

/** A form of a page, its address in the page, and what a user enters. */
type Sent = readonly [page: string, action: string, fields: Fields];

describe('answers to forms in a language whose every text is in brackets', () => {
  let records: PageRecords;
  let visitors: MarkedPortal['visitors'];

  beforeAll(async () => {
    ({ records, visitors } = await serveMarked());
  });

  const addressOf = (template: string): string =>
    template.replace(':id', records.id).replace(':secret', records.secret).replace(':username', records.username);

  const send = async (visitor: PortalVisitor, [page, action, fields]: Sent): Promise<PortalAnswer> => {
    const { text } = await visitor.get(addressOf(page));
    return visitor.post(addressOf(action), { ...hiddenFields(text, addressOf(action)), ...fields }, MARKED);
  };

  const { password } = ZOE;
  const APP = '/applications/:id';
  const SECRET = `${APP}/secrets/:secret`;

  it.each<Sent>([
    [APP, `${APP}/secrets`, { environment: 'production', password: 'wrong' }],
    [APP, `${APP}/secrets`, { environment: 'production', expires: 'soon', password }],
    [APP, `${APP}/secrets`, { environment: 'production', expires: '2001-01-01', password }],
    [APP, `${APP}/secrets`, { environment: 'production', label: LONG_LABEL, password }],
    [APP, `${APP}/secrets`, { environment: 'zq', password }],
    [APP, `${APP}/generate`, { environment: 'production' }],
    [APP, `${APP}/client`, { redirectUris: 'zq', password }],
    [APP, `${APP}/client`, { redirectUris: 'https://zq.example/#', public: 'on', password }],
    [APP, `${APP}/client`, { redirectUris: '', public: 'on', password }],
    [APP, `${APP}/settings`, { name: '' }],
    [APP, `${APP}/settings`, { name: 'zqApp', description: LONG_LABEL.repeat(5) }],
    [`${APP}/remove`, `${APP}/remove`, { password: 'wrong' }],
    [SECRET, SECRET, { password: 'wrong' }],
    ['/apis/zqorders/subscribe', '/apis/zqorders/subscribe', { application: 'new', name: 'zqApp' }],
    ['/generate-token', '/generate-token', { client: '', for: 'user' }],
    ['/password', '/password', { password, new: 'zqzoe@zqorg', again: 'zqzoe@zqorg' }],
  ])('show no other word on %s after a fault of %s (%#)', async (...sent) => {
    const { status, text } = await send(visitors.users, sent);
    expect([status < 500 && status !== 303, status === 404, literalsIn(text)]).toEqual([true, false, []]);
  });

  it.each<Sent>([
    ['/apis/zqorders/subscribe', '/apis/zqorders/subscribe', { application: 'new', name: 'zqNew', plan: 'zqfree' }],
    [APP, `${APP}/generate`, { environment: 'sandbox' }],
    [APP, `${APP}/secrets`, { environment: 'production', label: 'zqlabel', password }],
    ['/generate-token?client=production', '/generate-token', { for: 'user' }],
  ])('show no other word on the page after %s sends %s', async (...sent) => {
    const { status, text } = await send(visitors.users, sent);
    expect([status, literalsIn(text)]).toEqual([200, []]);
  });

  const NEW = '/admin/users/new';

  it.each<Sent>([
    [NEW, NEW, { username: 'zqinvited', how: 'invite' }],
    [NEW, NEW, { username: 'zq other', how: 'invite' }],
    [NEW, NEW, { username: 'zqzoe', how: 'invite' }],
    [NEW, NEW, { username: 'zqother', how: 'password', password: 'short' }],
    [NEW, NEW, { username: 'zqother', how: 'password', password: '' }],
    ['/admin/users/:username', '/admin/users/link', {}],
    ['/admin/users/:username', '/admin/users/roles', { username: ADA.username }],
  ])('show no other word to an administrator after %s sends %s (%#)', async (...sent) => {
    const { status, text } = await send(visitors.admins, sent);
    expect([status < 500 && status !== 303, status === 404, literalsIn(text)]).toEqual([true, false, []]);
  });

  it('show no other word about a code that is not valid', async () => {
    const fields = { code: 'sgl_zq', new: 'zq-password', again: 'zq-password' };
    const { text } = await send(visitors.anyone, ['/set-password', '/set-password', fields]);
    expect(literalsIn(text)).toEqual([]);
  });

  it('show no other word about a form that was sent before', async () => {
    const address = addressOf(`${APP}/secrets`);
    const form = hiddenFields((await visitors.users.get(addressOf(APP))).text, address);
    const fields = { ...form, environment: 'production', password };
    await visitors.users.post(address, fields);
    const { status, text } = await visitors.users.post(address, fields, MARKED);
    expect([status, literalsIn(text)]).toEqual([409, []]);
  });

  it('show no other word about a request for a subscription, and about its rejection', async () => {
    await visitors.users.submit('/apis/zqapproved/subscribe', '/apis/zqapproved/subscribe', {
      application: records.id,
    });
    const REJECT = '/admin/approvals/reject';
    const pages = [
      await visitors.users.get(addressOf(APP), MARKED),
      await visitors.users.get('/apis/zqapproved', MARKED),
      await visitors.admins.get('/admin/approvals', MARKED),
      await send(visitors.admins, ['/admin/approvals', REJECT, { reason: LONG_LABEL.repeat(2) }]),
    ];
    await send(visitors.admins, ['/admin/approvals', REJECT, { reason: 'zq' }]);
    pages.push(await visitors.users.get(addressOf(APP), MARKED));
    expect(pages.map(({ text }) => literalsIn(text))).toEqual(pages.map(() => []));
  });

  it('show no other word in the decisions and tokens of Try it', async () => {
    const { text: page } = await visitors.users.get('/try-it?api=zqorders');
    const form_token = /data-form-token="([^"]*)"/.exec(page)?.[1] ?? '';
    const answers = [];
    for (const path of ['/zq', '/zq/zq', '/zqnone', '/zqhealth']) {
      const fields = { form_token, method: path === '/zq/zq' ? 'PUT' : 'GET', path };
      answers.push(await visitors.users.post('/try-it/check', { ...fields, token: 'zq' }, MARKED));
      answers.push(await visitors.users.post('/try-it/token', { ...fields, client: 'zq', for: 'user' }, MARKED));
    }
    const saidIn = ({ text }: PortalAnswer): string => {
      const values = Object.values(JSON.parse(text) as object).flat();
      return values.filter((value) => typeof value === 'string').join('\n');
    };
    for (const answer of answers) expect([answer.text, literalsIn(saidIn(answer))]).toEqual([answer.text, []]);
  });
});

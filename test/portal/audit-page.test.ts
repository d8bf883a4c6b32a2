import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAuditAction } from '../../src/audit/actions';
import { printCsv } from '../../src/pages/csv';
import { ADA, BEN, EVE, servePortal } from '../support/portal/served-portal';
import { signedIn, withKeys } from '../support/portal/visitor';

const rowsIn = (text: string): readonly string[] => text.match(/<tr role="row">[\s\S]*?<\/tr>/g)?.slice(1) ?? [];

const open = async () => {
  const portal = await servePortal();
  const ben = await signedIn(portal, BEN);
  await withKeys(ben);
  await ben.submit('/subscriptions', '/applications', { name: '=HYPERLINK("x")' });
  const ada = await signedIn(portal, ADA);
  return { portal, ben, ada };
};

describe('the page of the audit', () => {
  it('filters by the user, the action and the target', async () => {
    const { ada } = await open();
    expect(rowsIn((await ada.get('/admin/audit')).text).length).toBeGreaterThan(3);
    const signIns = rowsIn((await ada.get('/admin/audit?who=BEN&action=sign_in')).text);
    expect(signIns).toHaveLength(1);
    expect(signIns[0]).toContain('Signed in');
    const made = await ada.get('/admin/audit?target=hyperlink&action=create_application');
    expect(rowsIn(made.text)).toHaveLength(1);
    expect(made.text).toContain('value="hyperlink"');
    expect(made.text).toContain('<option value="create_application" selected>');
    expect((await ada.get('/admin/audit?who=nobody')).text).toContain('No events match.');
  });

  it('filters by days in UTC, and says which field is not a date', async () => {
    const { ada } = await open();
    const today = new Date().toISOString().slice(0, 10);
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect(rowsIn((await ada.get(`/admin/audit?from=${yesterday}&to=${today}`)).text).length).toBeGreaterThan(3);
    expect(rowsIn((await ada.get('/admin/audit?to=2020-01-31')).text)).toEqual([]);
    const faulty = await ada.get('/admin/audit?from=soon');
    expect([faulty.text.includes('Enter a date such as 2027-01-31.'), rowsIn(faulty.text)]).toEqual([true, []]);
    expect((await ada.get('/admin/audit.csv?from=soon')).location).toBe('/admin/audit?from=soon');
  });

  it('shows 50 events, and links to older ones with the same filter', async () => {
    const portal = await servePortal({ limits: { applicationsPerUser: 100 } });
    const ben = await signedIn(portal, BEN);
    for (let count = 0; count < 55; count += 1) {
      await ben.submit('/subscriptions', '/applications', { name: `App ${count}` });
    }
    const ada = await signedIn(portal, ADA);
    const first = await ada.get('/admin/audit?action=create_application');
    const [, older = ''] =
      /href="\/store(\/admin\/audit\?action=create_application&amp;after=[^"]*)"/.exec(first.text) ?? [];
    const second = await ada.get(older.replaceAll('&amp;', '&'));
    expect([rowsIn(first.text).length, rowsIn(second.text).length]).toEqual([50, 5]);
  });

  it('names the actions in German', async () => {
    const { ada } = await open();
    const { text } = await ada.get('/admin/audit', { 'Accept-Language': 'de' });
    expect(text).toContain('Keys erzeugt');
  });

  it('shows how long ago each event was, beside the exact time, and marks details as English', async () => {
    const { ada } = await open();
    const { text } = await ada.get('/admin/audit?action=generate_keys', { 'Accept-Language': 'de' });
    expect(rowsIn(text)[0]).toMatch(
      />(?:jetzt|vor \d+ Sekunden?)<\/time\s*>\s*<small><time datetime="[^"]+Z">[\d -]+[\d:]+ UTC</,
    );
    expect(rowsIn(text)[0]).toContain('<span lang="en">production</span>');
  });
});

describe('the audit as CSV', () => {
  it('has the entries of the filter, without formulas, and is recorded itself', async () => {
    const { ada } = await open();
    const { status, headers, text } = await ada.get('/admin/audit.csv?target=hyperlink&action=create_application');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
    const [head, row, end] = text.split('\r\n');
    expect(head).toBe('time,action,user,target,consumer_key,network,details,count');
    expect(row).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z,create_application,ben@johnsorg,"'=HYPERLINK\(""x""\)",,,,1$/);
    expect(end).toBe('');
    const page = await ada.get('/admin/audit?action=export_audit');
    expect(page.text).toContain('1 entries');
  });

  it('is for administrators, each with the entries of the own organization', async () => {
    const { portal, ben } = await open();
    expect((await ben.get('/admin/audit.csv')).status).toBe(404);
    const eve = await signedIn(portal, EVE);
    expect((await eve.get('/admin/audit.csv')).text).not.toContain('johnsorg');
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['App;=1+1;', "App;'=1+1;"],
    ['App; "=1+1"', '"App;\' ""=1+1"""'],
    ['App|@SUM(A1)', "App|'@SUM(A1)"],
    ['two\n=1', '"two\n\'=1"'],
    ['\uFF1D1+1', "'\uFF1D1+1"],
    ['1=1; a-b', '1=1; a-b'],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['plain', 'plain'],
  ])('S-363 po-csv: writes the field %j as %j', (value, field) => {
    expect(printCsv([[value, 'x']])).toBe(`${field},x\r\n`);
  });
});

it('every action that the sources record is listed, so that the page names it', async () => {
  const folder = join(__dirname, '../../src');
  const files = (await readdir(folder, { recursive: true })).filter((file) =>
    /^(?:portal|cli|authorize)\/.*\.ts$/.test(file),
  );
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const recorded = texts.flatMap((text) =>
    [...text.matchAll(/(?:note|fact\w*|actionOn)\((?:\{\s*action:\s*)?'([a-z_]+)'/gi)].map(([, action = '']) => action),
  );
  expect(recorded.length).toBeGreaterThan(20);
  expect(recorded.filter((action) => !isAuditAction(action))).toEqual([]);
});

import { readStoredApplication } from '../../src/directory/stored-records';
import { rejectionOf } from '../support/expect/thrown';
import { statusOf } from '../support/gate/api-gate';
import { aGate, APPLICATION, JOHN } from '../support/gate/gate';
import { BAD_VALUE, createApplication, DECLARED, NOT_FOUND, pairOf } from '../support/gate/managed-directory';
import { everyStore } from '../support/stores/every-store';

describe.each(everyStore)('the name and the description of an application in %s', (_name, freshStore) => {
  const open = async () => {
    const test = aGate(await freshStore());
    return { test, applications: test.gate.directory.applications };
  };

  test('are changed without an effect on its tokens', async () => {
    const { test, applications } = await open();
    const { info, keys } = await createApplication(test);
    const { access_token } = await test.signIn(JOHN, 'read', pairOf(keys));
    const renamed = await applications.rename(info.id, 'Orders web');
    expect(renamed).toEqual({ ...(await applications.find(info.id)), name: 'Orders web' });
    const described = await applications.setDescription(info.id, 'For orders.\nOwned by the shop.');
    expect(described).toMatchObject({ name: 'Orders web', description: 'For orders.\nOwned by the shop.' });
    expect(await applications.find(info.id)).toEqual(described);
    expect(await statusOf(test.get('/me', access_token))).toBe(200);
    expect(await applications.setDescription(info.id, '')).not.toHaveProperty('description');
    await applications.setDescription(info.id, 'x'.repeat(500));
    expect(await applications.setDescription(info.id)).not.toHaveProperty('description');
  });

  test('may be given when it is created', async () => {
    const { applications } = await open();
    const { id } = await applications.create({ name: 'Made', description: 'Made for orders' });
    expect(await applications.find(id)).toMatchObject({ name: 'Made', description: 'Made for orders' });
    expect(await applications.create({ name: 'Other', description: '' })).not.toHaveProperty('description');
  });

  test('must be printable, and not too long', async () => {
    const { test, applications } = await open();
    const { info } = await createApplication(test);
    const before = await applications.find(info.id);
    for (const name of ['', ' ', 'a\nb', 'x'.repeat(101), 'a\u202eb']) {
      expect(await rejectionOf(applications.rename(info.id, name))).toEqual(BAD_VALUE);
    }
    for (const description of ['x'.repeat(501), 'a\u0000b', 'a\u202eb', 'a\r\nb', 7 as never, null as never]) {
      expect(await rejectionOf(applications.setDescription(info.id, description))).toEqual(BAD_VALUE);
      expect(await rejectionOf(applications.create({ name: 'Other', description }))).toEqual(BAD_VALUE);
    }
    expect(await applications.find(info.id)).toEqual(before);
  });

  test('are those of an application that exists and is not declared', async () => {
    const { applications } = await open();
    expect(await rejectionOf(applications.rename('no', 'Name'))).toEqual(NOT_FOUND);
    expect(await rejectionOf(applications.setDescription('no', 'Text'))).toEqual(NOT_FOUND);
    expect(await rejectionOf(applications.rename(APPLICATION[0], 'Name'))).toEqual(DECLARED);
    expect(await rejectionOf(applications.setDescription(APPLICATION[0], 'Text'))).toEqual(DECLARED);
  });
});

test('a stored description that is not a text is left out', () => {
  for (const description of [undefined, null, 7, ['text']]) {
    expect(readStoredApplication('id', { name: 'App', description })).not.toHaveProperty('description');
  }
  expect(readStoredApplication('id', { name: 'App', description: 'Text' })).toMatchObject({ description: 'Text' });
});

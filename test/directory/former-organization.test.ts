import { setImmediate } from 'node:timers/promises';
import { Directory } from '../../src/directory/directory';
import { refuseFormerKey } from '../../src/directory/former-organization';
import { MemoryDirectoryStore } from '../../src/stores/memory/directory';
import { aClock } from '../support/time/clock';

it('the search for records of a former organization lets other work run, however many records there are', async () => {
  const store = new MemoryDirectoryStore();
  for (let count = 0; count < 20_000; count += 1) {
    const username = `user${count}@acme`;
    const user = { username, organization: 'acme', passwordHash: '', roles: [], enabled: true };
    await store.users.insert(username, user);
  }
  const none = { organizations: new Map(), users: new Map(), applications: new Map(), clients: new Map() };
  const directory = new Directory(none, store, aClock().now);
  let [turns, isDone] = [0, false];
  const search = refuseFormerKey(directory, 'beta').then(() => {
    isDone = true;
  });
  while (!isDone) {
    turns += 1;
    await setImmediate();
  }
  await search;
  expect(turns).toBeGreaterThanOrEqual(20);
});

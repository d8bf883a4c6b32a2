import { PASSWORD_USE_DAYS, type PasswordUseStore } from '../../src/tokens/password-use-store';
import { HOSTILE_NAMES } from '../support/tokens/records';

/** A day of the year 2027. */
const TODAY = 20_833;

/** One suite for the port `PasswordUseStore`, run unchanged over every store. */
export const passwordUseStoreContract = (open: () => Promise<PasswordUseStore>): void => {
  let store: PasswordUseStore;
  beforeEach(async () => {
    store = await open();
  });

  it('adds up the grants of a client since a day, and returns the day of the last one', async () => {
    const client = { clientId: 'key', organization: 'johnsorg' };
    await store.add([
      { ...client, day: TODAY, grants: 2 },
      { ...client, day: TODAY - 3, grants: 10 },
    ]);
    await store.add([{ ...client, day: TODAY, grants: 5 }]);
    expect(await store.usageSince(client, TODAY)).toEqual({ grants: 7, lastDay: TODAY });
    expect(await store.usageSince(client, TODAY - 3)).toEqual({ grants: 17, lastDay: TODAY });
    expect(await store.usageSince(client, TODAY + 1)).toEqual({ grants: 0, lastDay: TODAY });
  });

  it('returns no grants and no day for a client that never used the grant', async () => {
    await store.add([]);
    expect(await store.usageSince({ clientId: 'key' }, 0)).toEqual({ grants: 0 });
  });

  it('separates clients of any name, and the organizations to which a client id has belonged', async () => {
    const clients = HOSTILE_NAMES.flatMap((clientId) => [
      { clientId },
      { clientId, organization: 'johnsorg' },
      { clientId, organization: 'other' },
    ]);
    await store.add(clients.map((client, index) => ({ ...client, day: TODAY, grants: index + 1 })));
    for (const [index, client] of clients.entries()) {
      expect(await store.usageSince(client, TODAY)).toEqual({ grants: index + 1, lastDay: TODAY });
    }
  });

  it('drops the counts that are too old, and keeps those of a day that is reported late', async () => {
    const client = { clientId: 'key' };
    await store.add([{ ...client, day: TODAY - PASSWORD_USE_DAYS, grants: 1 }]);
    await store.add([{ ...client, day: TODAY, grants: 1 }]);
    expect(await store.usageSince(client, 0)).toEqual({ grants: 1, lastDay: TODAY });
    await store.add([{ ...client, day: TODAY - PASSWORD_USE_DAYS + 1, grants: 1 }]);
    expect(await store.usageSince(client, 0)).toEqual({ grants: 2, lastDay: TODAY });
  });
};

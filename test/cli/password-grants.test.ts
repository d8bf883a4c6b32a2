import { BUILD_DEADLINE_MS, buildCommand, runCommand, runJson } from '../support/cli/command';
import { aCommandedGate } from '../support/cli/commanded-gate';
import { other, OTHER, orders } from '../support/gate/declared-records';
import { APPLICATION, JOHN } from '../support/gate/gate';
import { refreshForm, clientForm } from '../support/tokens/forms';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

const today = (): string => new Date().toISOString().slice(0, 10);

describe('scopegate applications password-grants', () => {
  it('lists the applications that used the grant, with what a closed gate has counted', async () => {
    const { tested, store } = await aCommandedGate({ applications: [orders, other] });
    const days = [today()];
    await tested.signIn(JOHN, 'read', OTHER);
    await tested.signIn(JOHN, 'read', OTHER);
    const { refresh_token: refreshToken } = await tested.signIn(JOHN, 'read', APPLICATION);
    await tested.token(refreshForm(refreshToken)).expect(200); // neither this nor the next is counted
    await tested.token(clientForm()).expect(200);
    await tested.close();
    days.push(today()); // midnight may pass
    const listed = await runJson(['applications', 'password-grants', ...store]);
    expect(listed).toEqual([
      { id: 'other', name: 'other', clientIds: ['other'], grants: 2, lastDay: expect.any(String) },
      { id: 'key', name: 'key', clientIds: ['key'], grants: 1, lastDay: expect.any(String) },
    ]);
    for (const { lastDay } of listed as readonly { readonly lastDay: string }[]) expect(days).toContain(lastDay);
    const { stdout } = await runCommand(['applications', 'password-grants', ...store]);
    expect(stdout).toMatch(
      /^NAME {3}CONSUMER KEYS {2}LAST 30 DAYS {2}LAST DAY\nother {2}other {10}2 {13}\d{4}-\d\d-\d\d\nkey {4}key/,
    );
  });

  it('prints no rows and an empty list if no application used the grant', async () => {
    const { tested, store } = await aCommandedGate();
    await tested.token(clientForm()).expect(200);
    await tested.close();
    expect(await runJson(['applications', 'password-grants', ...store])).toEqual([]);
  });
});

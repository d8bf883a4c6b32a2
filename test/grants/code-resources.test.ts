import { type TokenBody } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { everyCodeStore, expectIssued, openCodeGates, type CodeForm } from '../support/tokens/code-gates';
import { refreshForm } from '../support/tokens/forms';

describe.each(everyCodeStore)('the resource of an authorization code in %s', (_name, freshStore) => {
  const ORDERS = 'http://127.0.0.1/orders';
  const STOCK = 'http://127.0.0.1/stock';

  const open = async () => {
    const opened = await openCodeGates(await freshStore());
    const { gate, issueCode, redeem, keys } = opened;
    const audienceOf = async ({ access_token: token }: TokenBody) =>
      (await gate.gate.explain(token, 'read')).token.auth?.audience;
    const redeemed = async (resources: readonly string[], form: CodeForm = {}) =>
      expectIssued(await redeem(await issueCode({ resources }), form));
    const refreshed = async ({ refresh_token: token }: TokenBody, form: object = {}) =>
      expectIssued(await gate.token({ ...refreshForm(token), ...form }, keys));
    return { ...opened, audienceOf, redeemed, refreshed };
  };

  it('is the audience of the tokens without being named again, also after a refresh', async () => {
    const { gate, audienceOf, redeemed, refreshed } = await open();
    const first = await redeemed([ORDERS]);
    await gate.get('/orders', first.access_token).expect(200);
    await gate.get('/stock', first.access_token).expect(401);
    expect([await audienceOf(first), await audienceOf(await refreshed(first))]).toEqual([ORDERS, ORDERS]);
  });

  it('cannot be replaced by one to which the user has not consented, and the attempt does not spend the code', async () => {
    const { gate, issueCode, redeem } = await open();
    const code = await issueCode({ resources: [ORDERS] });
    for (const resource of [STOCK, 'https://evil.example', [ORDERS, STOCK]]) {
      expectCleanAnswer(await redeem(code, { resource }), { status: 400, error: 'invalid_target' });
    }
    const { access_token: token } = expectIssued(await redeem(code, { resource: ORDERS }));
    await gate.get('/orders', token).expect(200);
  });

  it('has to be named if there are several, and a refresh keeps the last one or names another', async () => {
    const { issueCode, redeem, audienceOf, redeemed, refreshed } = await open();
    const unnamed = await redeem(await issueCode({ resources: [ORDERS, STOCK] }));
    expectCleanAnswer(unnamed, { status: 400, error: 'invalid_target' });
    const first = await redeemed([ORDERS, STOCK], { resource: STOCK });
    const second = await refreshed(first);
    const third = await refreshed(second, { resource: ORDERS });
    const fourth = await refreshed(third);
    expect([await audienceOf(third), await audienceOf(fourth)]).toEqual([ORDERS, ORDERS]);
    expect(await audienceOf(second)).toBeUndefined(); // replaced by the third and no longer in the grace of the fourth
    const again = await redeemed([ORDERS, STOCK], { resource: STOCK });
    expect([await audienceOf(again), await audienceOf(await refreshed(again))]).toEqual([STOCK, STOCK]);
  });

  it('binds the grant if the code is for any resource, so that no refresh is for another', async () => {
    const { gate, keys, audienceOf, redeemed, refreshed } = await open();
    const first = await redeemed([], { resource: ORDERS });
    const second = await refreshed(first);
    expect([await audienceOf(first), await audienceOf(second)]).toEqual([ORDERS, ORDERS]);
    const wider = await gate.token({ ...refreshForm(second.refresh_token), resource: STOCK }, keys);
    expectCleanAnswer(wider, { status: 400, error: 'invalid_target' });
    expect(await audienceOf(await redeemed([]))).toBeUndefined();
  });

  it('is refused if its API is gone, and the code is not spent', async () => {
    const { issueCode, redeem } = await open();
    const code = await issueCode({ resources: ['http://127.0.0.1/gone'] });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expectCleanAnswer(await redeem(code), { status: 400, error: 'invalid_target' });
    }
  });
});

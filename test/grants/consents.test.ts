import { JANE, JOHN, type TokenBody } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { collect } from '../support/stores/collect';
import { everyCodeStore, expectIssued, expectRefusedCode, openCodeGates } from '../support/tokens/code-gates';
import { refreshForm } from '../support/tokens/forms';

describe.each(everyCodeStore)('a grant under a consent in %s', (_name, freshStore) => {
  const open = async () => {
    const opened = await openCodeGates(await freshStore());
    const { consents, applicationId, issueCode, redeem, gate, keys } = opened;
    const question = { subject: JOHN[0], application: { id: applicationId }, resources: [] };
    const allow = async (...granted: readonly string[]) => {
      const consent = await consents.decide(question, { asked: ['read', 'update'], granted });
      if (consent === 'limited') throw new Error('there are too many consents');
      return consent.id;
    };
    const refresh = ({ refresh_token: token }: TokenBody) => gate.token(refreshForm(token), keys);
    const redeemed = async (consent: string) => expectIssued(await redeem(await issueCode({ consent })));
    return { ...opened, allow, refresh, redeemed };
  };

  it('gets the scopes that the user allows when the code is redeemed', async () => {
    const { allow, redeemed } = await open();
    expect((await redeemed(await allow('read'))).scope).toBe('read');
    expect((await redeemed(await allow('read', 'update'))).scope).toBe('read update');
  });

  it('is not made if the consent was withdrawn before the code is redeemed', async () => {
    const { consents, allow, issueCode, redeem } = await open();
    const id = await allow('read');
    const code = await issueCode({ consent: id });
    await consents.remove(JOHN[0], id);
    expectRefusedCode(await redeem(code));
    for (const consent of ['unknown', '__proto__']) expectRefusedCode(await redeem(await issueCode({ consent })));
  });

  it("is not made under another user's consent", async () => {
    const { allow, issueCode, redeem } = await open();
    expectRefusedCode(await redeem(await issueCode({ consent: await allow('read'), subject: JANE[0] })));
  });

  it('loses at the next refresh what the user no longer allows', async () => {
    const { allow, redeemed, refresh } = await open();
    const first = await redeemed(await allow('read', 'update'));
    await allow('read');
    const second = expectIssued(await refresh(first));
    expect(second.scope).toBe('read');
    await allow('read', 'update');
    expect(expectIssued(await refresh(second)).scope).toBe('read');
  });

  it('ends at the next refresh if the consent is withdrawn, and says why in the event', async () => {
    const { gate, consents, allow, redeemed, refresh } = await open();
    const reasons: string[] = [];
    gate.gate.on('revoke', ({ because }) => void reasons.push(because));
    const id = await allow('read');
    const tokens = await redeemed(id);
    await consents.remove(JOHN[0], id);
    expectCleanAnswer(await refresh(tokens), { status: 400, error: 'invalid_grant' });
    await gate.get('/orders', tokens.access_token).expect(401);
    expect(reasons).toEqual(['consent']);
    await allow('read');
    expectCleanAnswer(await refresh(tokens), { status: 400, error: 'invalid_grant' });
  });

  it('does not depend on a consent that it was not made under', async () => {
    const { gate, consents, allow, issueCode, redeem, refresh } = await open();
    const tokens = expectIssued(await redeem(await issueCode()));
    await consents.remove(JOHN[0], await allow('read'));
    expect(expectIssued(await refresh(tokens)).scope).toBe('read update');
    expect(await collect(gate.gate.tokens.find({ user: JOHN[0] }))).toHaveLength(1);
  });
});

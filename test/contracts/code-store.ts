import { mintGrantId } from '../../src/protocol/secrets';
import type { CodeRecord } from '../../src/tokens/code-store';
import type { Principal } from '../../src/tokens/principal';
import type { OpenBackend } from '../support/stores/backends';
import { aClock } from '../support/time/clock';
import { aCode, codeTerms } from '../support/tokens/codes';
import { aGrant, HOSTILE_NAMES } from '../support/tokens/records';

const OTHERS = { clientId: 'other', subject: 'other@otherorg', organization: 'otherorg', consent: 'other' };

/** The contract of every store of authorization codes. */
export const codeStoreContract = (open: OpenBackend): void => {
  const openStores = async () => {
    const clock = aClock();
    const { codes, tokens, age } = await open(clock.now);
    const saved = async (facts: Partial<CodeRecord> = {}): Promise<CodeRecord> => {
      const code = aCode(clock.now(), facts);
      expect(await codes.save(code, codeTerms(clock.now()))).toBe('stored');
      return code;
    };
    const stateOf = async ({ grantId }: CodeRecord) => (await codes.find(grantId))?.state;
    const pass = async (seconds: number): Promise<void> => {
      clock.advance(seconds);
      await age(seconds);
    };
    return { clock, codes, tokens, saved, stateOf, pass };
  };

  describe('with save and find', () => {
    it('returns what was saved, with every field', async () => {
      const { codes, saved } = await openStores();
      const code = await saved();
      expect(await codes.find(code.grantId)).toEqual({ code, state: 'pending' });
    });

    it('returns a code without consent, organization, scopes, resources and roles', async () => {
      const { codes, saved } = await openStores();
      const bare = { organization: undefined, consent: undefined, scopes: [], resources: [], roles: [] };
      const code = await saved({ ...bare, environment: 'sandbox' });
      expect(await codes.find(code.grantId)).toEqual({ code, state: 'pending' });
    });

    it('returns any text as it was saved', async () => {
      const { codes, saved } = await openStores();
      for (const text of HOSTILE_NAMES) {
        const names = { clientId: text, subject: text, organization: text, consent: text };
        const code = await saved({ ...names, redirectUri: text, challenge: text, resources: [text], roles: [text] });
        expect(await codes.find(code.grantId)).toEqual({ code, state: 'pending' });
        expect(await codes.spend(code.grantId, 'attempt')).toBe('spent');
      }
    });

    it('finds a code until the millisecond before it expires, by the clock of the gate', async () => {
      const { clock, codes, saved } = await openStores();
      const code = await saved();
      clock.set(code.expiresAt - 0.001);
      expect(await codes.find(code.grantId)).toBeDefined();
      clock.set(code.expiresAt);
      expect(await codes.find(code.grantId)).toBeUndefined();
      expect(await codes.spend(code.grantId, 'attempt')).toBe('unknown');
    });

    it('finds none for another grant', async () => {
      const { codes, saved } = await openStores();
      await saved();
      expect(await codes.find(mintGrantId())).toBeUndefined();
    });

    it('refuses more codes of a user and client than the maximum, until the first of them expires', async () => {
      const { clock, codes, pass } = await openStores();
      const terms = () => ({ ...codeTerms(clock.now()), maxOfUserAndClient: 3 });
      const save = (facts: Partial<CodeRecord> = {}) => codes.save(aCode(clock.now(), facts), terms());
      const spent = aCode(clock.now());
      expect(await codes.save(spent, terms())).toBe('stored');
      await codes.spend(spent.grantId, 'attempt');
      expect([await save(), await save(), await save()]).toEqual(['stored', 'stored', 'limited']);
      const refused = aCode(clock.now());
      expect(await codes.save(refused, terms())).toBe('limited');
      expect(await codes.find(refused.grantId)).toBeUndefined();
      expect([await save({ clientId: 'other' }), await save({ subject: 'other' })]).toEqual(['stored', 'stored']);
      await pass(60);
      expect(await save()).toBe('stored');
    });
  });

  describe('with spend', () => {
    it('spends a code once for fifty concurrent callers', async () => {
      const { codes, saved, stateOf } = await openStores();
      const code = await saved();
      const attempts = Array.from({ length: 50 }, (_, attempt) => codes.spend(code.grantId, `attempt${attempt}`));
      const outcomes = [...(await Promise.all(attempts))].sort();
      expect(outcomes).toEqual([...Array.from({ length: 49 }, () => 'reused'), 'spent']);
      expect(await stateOf(code)).toBe('reused');
    });

    it('gives the same result for an attempt that is sent twice', async () => {
      const { codes, saved, stateOf } = await openStores();
      const code = await saved();
      const twice = [codes.spend(code.grantId, 'attempt'), codes.spend(code.grantId, 'attempt')];
      expect(await Promise.all(twice)).toEqual(['spent', 'spent']);
      expect(await stateOf(code)).toBe('spent');
      expect(await codes.spend(code.grantId, 'other')).toBe('reused');
      expect(await codes.spend(code.grantId, 'other')).toBe('reused');
      expect(await stateOf(code)).toBe('reused');
    });

    it('returns `unknown` for a code that does not exist', async () => {
      const { codes } = await openStores();
      expect(await codes.spend(mintGrantId(), 'attempt')).toBe('unknown');
    });

    it('knows that a code was spent after it has expired, and until that need not be known any more', async () => {
      const { codes, saved, pass } = await openStores();
      const code = await saved();
      await codes.spend(code.grantId, 'attempt');
      await pass(599);
      expect(await codes.find(code.grantId)).toEqual({ code, state: 'spent' });
      expect(await codes.spend(code.grantId, 'other')).toBe('reused');
      await pass(1);
      expect(await codes.find(code.grantId)).toBeUndefined();
      expect(await codes.spend(code.grantId, 'other')).toBe('unknown');
    });
  });

  describe('with countWrongVerifier', () => {
    it('deletes the code at the maximum, and not before', async () => {
      const { codes, saved, stateOf } = await openStores();
      const [code, other] = [await saved(), await saved()];
      for (let count = 1; count < 10; count += 1) await codes.countWrongVerifier(code.grantId, 10);
      expect(await stateOf(code)).toBe('pending');
      await codes.countWrongVerifier(code.grantId, 10);
      expect(await stateOf(code)).toBeUndefined();
      expect(await codes.spend(code.grantId, 'attempt')).toBe('unknown');
      expect(await stateOf(other)).toBe('pending');
    });

    it('counts concurrent calls', async () => {
      const { codes, saved, stateOf } = await openStores();
      const code = await saved();
      await Promise.all(Array.from({ length: 9 }, () => codes.countWrongVerifier(code.grantId, 10)));
      expect(await stateOf(code)).toBe('pending');
      await codes.countWrongVerifier(code.grantId, 10);
      expect(await stateOf(code)).toBeUndefined();
    });

    it('changes no code that was spent, and accepts one that does not exist', async () => {
      const { codes, saved, stateOf } = await openStores();
      const code = await saved();
      await codes.spend(code.grantId, 'attempt');
      await codes.countWrongVerifier(code.grantId, 1);
      await codes.countWrongVerifier(mintGrantId(), 1);
      expect(await stateOf(code)).toBe('spent');
    });
  });

  describe('with the epoch of a principal', () => {
    const principals: readonly (readonly [string, Principal])[] = [
      ['client', { clientId: 'client' }],
      ['user', { subject: 'john@gmail.com@johnsorg' }],
      ['organization', { organization: 'johnsorg' }],
      ['consent', { consent: 'consent' }],
    ];

    it.each(principals)('ends pending and spent codes of the %s, and no others', async (_what, principal) => {
      const { codes, tokens, saved, stateOf } = await openStores();
      const [pending, spent, other] = [await saved(), await saved(), await saved(OTHERS)];
      await codes.spend(spent.grantId, 'attempt');
      await tokens.replaceEpoch(principal, 'grants');
      expect([await stateOf(pending), await stateOf(spent)]).toEqual([undefined, undefined]);
      for (const { grantId } of [pending, spent]) expect(await codes.spend(grantId, 'attempt')).toBe('unknown');
      expect(await stateOf(other)).toBe('pending');
      const next = await saved();
      expect(await codes.spend(next.grantId, 'attempt')).toBe('spent');
    });

    it.each(principals)('keeps codes when only access tokens of the %s end', async (_what, principal) => {
      const { codes, tokens, saved, stateOf } = await openStores();
      const code = await saved();
      await tokens.replaceEpoch(principal, 'access');
      expect(await stateOf(code)).toBe('pending');
      expect(await codes.spend(code.grantId, 'attempt')).toBe('spent');
    });

    it('is shared with the tokens that the code becomes', async () => {
      const { clock, codes, tokens, saved, stateOf } = await openStores();
      const code = await saved();
      await codes.spend(code.grantId, 'attempt');
      const { access, refresh } = aGrant(clock.now(), { consent: 'consent' });
      const { grantId } = code;
      await tokens.save({ ...access, grantId }, { ...refresh, grantId });
      await tokens.revokeGrant(grantId);
      expect(await stateOf(code)).toBe('spent'); // so that a reuse is still known
      await tokens.replaceEpoch({ consent: 'consent' }, 'grants');
      expect(await stateOf(code)).toBeUndefined();
    });

    it('leaves no code that is spent after a concurrent end', async () => {
      const { codes, tokens, saved, stateOf } = await openStores();
      for (let round = 0; round < 20; round += 1) {
        const code = await saved();
        const acts: (() => Promise<unknown>)[] = [
          () => codes.spend(code.grantId, 'attempt'),
          () => tokens.replaceEpoch({ consent: 'consent' }, 'grants'),
        ];
        await Promise.all((round % 2 === 0 ? acts : acts.reverse()).map((act) => act()));
        expect(await stateOf(code)).toBeUndefined();
      }
    });
  });

  it('a grant that a code has not become is not among the grants of its user and client', async () => {
    const { clock, tokens, saved } = await openStores();
    await saved();
    const limits = { grantsPerUserAndClient: 1, grantsPerClient: 1 };
    const { access } = aGrant(clock.now());
    expect((await tokens.save(access, undefined, limits)).order).not.toBe('refused');
  });
};

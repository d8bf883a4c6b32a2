import { StoreUnavailableError } from '../../src/protocol/errors';
import { mintGrantId, mintProofKey, mintRefreshToken } from '../../src/protocol/secrets';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { ownRedis } from '../support/redis/redis';
import { thrownThings } from '../support/expect/thrown-things';
import { aServedGate, PASSWORD_FORM } from '../support/tokens/token-requests';
import { aTokenEndpoint } from '../support/tokens/token-endpoint-harness';
import { nextTurn } from '../support/time/waiting';
import { silentLogger } from '../support/gate/gate';

/** A refresh token with a valid checksum, so that it is looked up in the store. */
const refreshForm = {
  grant_type: 'refresh_token',
  refresh_token: mintRefreshToken(mintGrantId(), mintProofKey()).text,
};

const fault = { status: [500, 503], without: ['CANARY', 'canary'] } as const;

describe('a store', () => {
  const forms = [PASSWORD_FORM, refreshForm];

  const expectStoreFault = async (act: () => Promise<never>): Promise<void> => {
    for (const form of forms) {
      const endpoint = aTokenEndpoint(act);
      expectCleanAnswer(await endpoint.post(form), fault);
      await nextTurn();
      expect(endpoint.passed()).toBe(0);
      expectCleanAnswer(await endpoint.post({}), { status: 400 });
    }
  };

  it.each(['route', 'router'])(
    'S-035 that fails with "%s" does not pass the request on to the next route',
    async (word) => {
      await expectStoreFault(() => Promise.reject(word));
      await expectStoreFault(() => {
        throw word;
      });
    },
  );

  it('S-036 that rejects leads to a 503 with Retry-After', async () => {
    for (const form of forms) {
      const endpoint = aTokenEndpoint(() => Promise.reject(new StoreUnavailableError('CANARY')));
      expectCleanAnswer(await endpoint.post(form), { ...fault, status: 503, error: 'temporarily_unavailable' });
    }
  });

  it.each(thrownThings)(
    'S-037 that throws or rejects with %s is handled like any other fault',
    async (_name, thrown) => {
      await expectStoreFault(() => {
        throw thrown;
      });
      await expectStoreFault(() => Promise.reject(thrown));
    },
  );

  it('S-038 that never answers leads to a 503 at the deadline, and requests are served after recovery', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    const gate = await aServedGate({ redis, deadline: 1_000 });
    await gate.gate.ready();
    server.pause();
    const answer = await gate.post(PASSWORD_FORM);
    expectCleanAnswer(answer, { status: 503, error: 'temporarily_unavailable' });
    expect(answer.elapsedMs).toBeLessThan(3_000);
    expect(gate.passed()).toBe(0);
    server.resume();
    await gate.gate.ready();
    expectCleanAnswer(await gate.post(PASSWORD_FORM), { status: 200 });
  });
});

describe('the clock', () => {
  it.each(thrownThings)(
    'S-037 that throws %s in the middle of a request is handled like any other fault',
    async (_name, thrown) => {
      let broken = false;
      const clock = () => {
        if (broken) throw thrown;
        return 1_800_000_000;
      };
      const gate = await aServedGate({ clock });
      broken = true;
      expectCleanAnswer(await gate.post(PASSWORD_FORM), fault);
      await nextTurn();
      expect(gate.passed()).toBe(0);
    },
  );
});

describe('the logger', () => {
  it.each(['info', 'warn', 'error'] as const)('S-037 that throws at %s does not prevent a response', async (level) => {
    let broken = false;
    const complain = () => {
      if (broken) throw new Error('CANARY');
    };
    const gate = await aServedGate({
      logger: { ...silentLogger, [level]: complain },
      users: () => Promise.reject(new Error('CANARY')),
    });
    broken = true;
    expectCleanAnswer(await gate.post(PASSWORD_FORM), fault);
    expect(gate.passed()).toBe(0);
  });
});

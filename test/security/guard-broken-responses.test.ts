import request from 'supertest';
import { ObservedRequests } from '../../src/events/request-facts';
import { createJudge } from '../../src/guard/judge';
import { Guard } from '../../src/guard/guard';
import { createRefusals } from '../../src/guard/refusals';
import { anyToken } from '../../src/guard/requirements';
import { ignoreEvents } from '../support/gate/ignored-events';
import { recordedLogger } from '../support/gate/gate';
import { uncounted, unfollowed } from '../support/gate/uncounted';
import { expresses } from '../support/gate/guard-harness';

it.each(expresses)(
  'a guard allows no request when sending the refusal throws undefined, in %s',
  async (_name, makeApp) => {
    const judge = createJudge({
      roles: { appliesTo: () => false, findFreshScopes: async ({ scopes }) => scopes },
      endGrant: async () => undefined,
    });
    const { logger } = recordedLogger();
    const guard = new Guard({
      tokens: { find: async () => undefined, peek: () => undefined },
      tickets: { redeem: async () => undefined },
      judge,
      counter: uncounted,
      onAllowed: () => undefined,
      usage: unfollowed,
      observed: new ObservedRequests(),
      emit: ignoreEvents,
      logger,
    });
    const app = makeApp();
    app.use((_request, response, next) => {
      const end = response.end.bind(response);
      let isFirst = true;
      response.end = ((...given: []) => {
        if (!isFirst) return end(...given);
        isFirst = false;
        throw undefined;
      }) as never;
      next();
    });
    let served = 0;
    const resource = {
      identifier: 'https://api.example.com',
      refusals: createRefusals({ realm: 'orders' }),
      note: () => undefined,
    };
    app.get('/guarded', guard.require(anyToken, resource), (_request, response) => {
      served += 1;
      response.json({});
    });
    await request(app)
      .get('/guarded')
      .catch(() => undefined);
    expect(served).toBe(0);
  },
);

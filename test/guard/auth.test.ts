import express, { type RequestHandler } from 'express';
import request from 'supertest';
import { UnguardedError, type Auth } from 'scopegate';
import { aClock } from '../support/time/clock';
import { aGate, JOHN } from '../support/gate/gate';
import { thrownBy } from '../support/expect/thrown';
import { grantIdOf } from '../support/tokens/tokens';

describe('gate.auth', () => {
  test('returns the facts of the token, and nothing else', async () => {
    const clock = aClock(1_800_000_000.75);
    const { signIn, get } = aGate({ clock: clock.now });
    const { access_token } = await signIn(JOHN, 'read update');
    expect((await get('/me', access_token)).body).toEqual({
      subject: JOHN[0],
      clientId: 'key',
      organization: 'johnsorg',
      scopes: ['read', 'update'],
      environment: 'production',
      grantId: grantIdOf(access_token),
      issuedAt: 1_800_000_000,
      expiresAt: 1_800_003_600,
    });
  });

  /** What a guarded handler receives. */
  const inside = async (act: (auth: Auth, incoming: express.Request) => unknown): Promise<unknown> => {
    const { gate, signIn } = aGate();
    let seen: unknown;
    const app = express();
    const before: RequestHandler = (incoming, _response, next) => {
      Object.assign(incoming, { user: 'set by the host', auth: 'forged' });
      next();
    };
    app.get('/', before, gate.requireToken(), (incoming, response) => {
      seen = act(gate.auth(incoming), incoming);
      response.end();
    });
    const { access_token } = await signIn(JOHN, 'read');
    expect((await request(app).get('/').set('Authorization', `Bearer ${access_token}`)).status).toBe(200);
    return seen;
  };

  test('S-339 is frozen, including its scopes', async () => {
    const attempts = (auth: Auth) => [
      thrownBy(() => Object.assign(auth, { subject: 'somebody else' })),
      thrownBy(() => (auth.scopes as string[]).push('admin')),
      thrownBy(() => Object.assign(auth, { more: 1 })),
      thrownBy(() => Reflect.deleteProperty(auth, 'subject')),
      Object.isFrozen(auth) && Object.isFrozen(auth.scopes),
      auth.subject,
      auth.scopes,
    ];
    expect(await inside(attempts)).toEqual([
      expect.any(TypeError),
      expect.any(TypeError),
      expect.any(TypeError),
      undefined,
      true,
      JOHN[0],
      ['read'],
    ]);
  });

  test("S-204 does not read the request's own properties, and does not change them", async () => {
    const seen = await inside((auth, incoming) => [
      auth.subject,
      Reflect.get(incoming, 'user'),
      Reflect.get(incoming, 'auth'),
    ]);
    expect(seen).toEqual([JOHN[0], 'set by the host', 'forged']);
  });

  test('returns the same object each time, as does findAuth', async () => {
    const { gate, signIn } = aGate();
    const app = express();
    let same: readonly unknown[] = [];
    app.get('/', gate.requireScope('read'), (incoming, response) => {
      same = [gate.auth(incoming) === gate.auth(incoming), gate.auth(incoming) === gate.findAuth(incoming)];
      response.end();
    });
    await request(app)
      .get('/')
      .set('Authorization', `Bearer ${(await signIn(JOHN, 'read')).access_token}`);
    expect(same).toEqual([true, true]);
  });

  test('throws on a route without a guard, with a message that names the missing guard and the route', async () => {
    const { gate } = aGate();
    const app = express();
    const thrown: unknown[] = [];
    app.get('/orders/:id', (incoming, response) => {
      thrown.push(
        thrownBy(() => gate.auth(incoming)),
        gate.findAuth(incoming),
      );
      response.end();
    });
    await request(app).get('/orders/1?secret=canary');
    expect(thrown[0]).toBeInstanceOf(UnguardedError);
    expect(thrown[0]).toMatchObject({
      code: 'ERR_SCOPEGATE_UNGUARDED',
      message:
        "ERR_SCOPEGATE_UNGUARDED: gate.auth(req): no guard ran on GET /orders/:id. Add gate.requireScope('...') or gate.requireToken() before this handler.\nSee docs/errors.md#err_scopegate_unguarded",
    });
    expect(thrown[1]).toBeUndefined();
  });

  test('S-171 does not print the query, and tolerates a value that is not a request', () => {
    const { gate } = aGate();
    const auth = gate.auth as (value: object) => unknown;
    expect(thrownBy(() => auth({ method: 'GET', originalUrl: '/a?token=canary' }))).toMatchObject({
      message: expect.not.stringContaining('canary'),
    });
    expect(thrownBy(() => auth({}))).toBeInstanceOf(UnguardedError);
  });

  test('returns nothing after a second guard has refused', async () => {
    const { gate, signIn } = aGate();
    const app = express();
    let seen: unknown = 'not asked';
    app.use(gate.requireToken(), (incoming, response, next) => {
      response.on('finish', () => {
        seen = gate.findAuth(incoming);
      });
      next();
    });
    app.get('/', gate.requireScope('admin'));
    const { access_token } = await signIn();
    expect((await request(app).get('/').set('Authorization', `Bearer ${access_token}`)).status).toBe(403);
    expect(seen).toBeUndefined();
  });
});

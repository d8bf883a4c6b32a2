import express from 'express';
import request from 'supertest';
import { UnguardedError } from 'scopegate';
import { onRedis } from '../support/stores/every-store';
import { aGate, APPLICATION, JANE, JOHN } from '../support/gate/gate';
import { randomPrefix } from '../support/redis/redis';
import { thrownBy } from '../support/expect/thrown';
import { passwordForm, refreshForm } from '../support/tokens/forms';

describe('two gates in one process', () => {
  test('S-197 S-357 do not share tokens, users, applications and requests', async () => {
    const one = aGate();
    const other = aGate({
      users: [],
      applications: [{ name: 'Other', owner: JOHN[0], consumerKey: 'other', consumerSecret: 'other' }],
    });
    const { access_token, refresh_token } = await one.signIn();
    expect((await other.get('/me', access_token)).status).toBe(401);
    expect((await other.token(refreshForm(refresh_token), ['other', 'other'])).body).toMatchObject({
      error: 'invalid_grant',
    });
    expect((await other.token(passwordForm(JOHN))).status).toBe(401);
    expect((await other.token(passwordForm(JOHN), ['other', 'other'])).body).toMatchObject({
      error: 'invalid_grant',
    });
    await one.gate.directory.users.create({ username: 'sam', organization: 'johnsorg', password: 'sam-password' });
    expect(await other.gate.directory.users.find('sam@johnsorg')).toBeUndefined();

    const app = express();
    let thrown: unknown;
    app.get('/', one.gate.requireToken(), (incoming, response) => {
      thrown = thrownBy(() => other.gate.auth(incoming));
      response.end();
    });
    expect((await request(app).get('/').set('Authorization', `Bearer ${access_token}`)).status).toBe(200);
    expect(thrown).toBeInstanceOf(UnguardedError);

    await one.close();
    await other.signIn(JOHN, undefined, ['other', 'other']).catch(() => undefined);
    expect((await other.get('/me')).status).toBe(401);
  });

  test('S-197 S-357 on one Redis are separated by different prefixes and joined by the same prefix', async () => {
    const { redis, prefix } = await onRedis();
    const [one, same, other] = [
      aGate({ redis, prefix }),
      aGate({ redis, prefix }),
      aGate({ redis, prefix: randomPrefix() }),
    ];
    const { access_token, refresh_token } = await one.signIn();
    expect((await same.get('/me', access_token)).status).toBe(200);
    expect((await other.get('/me', access_token)).status).toBe(401);
    expect((await other.token(refreshForm(refresh_token))).body).toMatchObject({ error: 'invalid_grant' });
    expect((await same.token(refreshForm(refresh_token))).status).toBe(200);
  });

  test('S-357 can share an app, each with its own endpoints and guards', async () => {
    const app = express();
    const [one, other] = [aGate(), aGate({ scopes: { read: 'x', update: 'x', admin: 'x' } })];
    app.use('/one', one.gate.routes(), one.gate.requireScope('update'));
    app.use('/other', other.gate.routes(), other.gate.requireScope('update'));
    app.use((_request, response) => {
      response.json({});
    });
    const tokenOf = async (mount: string): Promise<string> => {
      const sent = request(app)
        .post(`${mount}/token`)
        .auth(...APPLICATION)
        .type('form')
        .send(passwordForm(JANE, 'update'));
      return (await sent).body.access_token as string;
    };
    const [first, second] = [await tokenOf('/one'), await tokenOf('/other')];
    const status = async (path: string, token: string) =>
      (await request(app).get(path).set('Authorization', `Bearer ${token}`)).status;
    expect([await status('/one', first), await status('/other', second)]).toEqual([403, 200]);
    expect([await status('/one', second), await status('/other', first)]).toEqual([401, 401]);
  });
});

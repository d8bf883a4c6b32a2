import request from 'supertest';
import { aGate, APPLICATION, JOHN } from '../support/gate/gate';
import { passwordForm } from '../support/tokens/forms';

describe('the endpoint paths', () => {
  test('are those of the options, and no others', async () => {
    const { app } = aGate({ paths: { token: '/oauth2/token', live: '/livez', ready: '/readyz' } });
    const sent = request(app)
      .post('/oauth2/token')
      .auth(...APPLICATION)
      .type('form')
      .send(passwordForm(JOHN));
    expect((await sent).status).toBe(200);
    expect((await request(app).get('/livez')).status).toBe(200);
    expect((await request(app).get('/readyz?verbose')).status).toBe(200);
    for (const path of ['/health/live', '/health/ready']) expect((await request(app).get(path)).status).toBe(404);
    expect((await request(app).post('/token')).status).toBe(404);
  });

  test('that are false are left to the host', async () => {
    const { app } = aGate({ paths: { token: false, live: false, ready: false } });
    for (const path of ['/token', '/health/live', '/health/ready']) {
      expect((await request(app).get(path)).status).toBe(404);
      expect((await request(app).post(path)).status).toBe(404);
    }
  });

  test('S-248 S-249 are matched completely and case-sensitively', async () => {
    const { app } = aGate();
    for (const path of ['/Token', '/token/', '/token/x', '/tokens', '/tok%65n', '/x/token'])
      expect((await request(app).post(path)).status).toBe(404);
  });
});

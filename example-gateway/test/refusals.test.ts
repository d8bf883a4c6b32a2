import { challengeOf } from '../../test/support/http/challenge';
import { expectCleanAnswer } from '../../test/support/expect/clean-answer';
import { aGateway, anApi, type TestGateway } from './support/gateway';
import { unusedAddress } from './support/upstream';

describe('the option `errors: wso2`', () => {
  let gateway: TestGateway;
  let token: string;

  beforeAll(async () => {
    const apis = { orders: anApi(await unusedAddress()), books: anApi(await unusedAddress(), { context: '/books' }) };
    gateway = await aGateway({ keys: { errors: 'wso2', apis } });
    token = await gateway.token('read');
  });

  it.each([
    ['no token', 401, '900902', 'GET /orders HTTP/1.1', undefined],
    ['a dead token', 401, '900901', 'GET /orders HTTP/1.1', 'sga_dead'],
    ['too little scope', 403, '900910', 'PUT /orders/1 HTTP/1.1', 'live'],
    ['an API that is not subscribed to', 403, '900908', 'GET /books HTTP/1.1', 'live'],
    ['a resource that is not declared', 404, '900906', 'GET /orders/1/lines HTTP/1.1', 'live'],
    ['a method that is not declared', 405, '900906', 'DELETE /orders HTTP/1.1', 'live'],
  ])('answers a refusal by a guard with the WSO2 code for it: %s', async (_, status, code, line, sent) => {
    const options = sent === undefined ? {} : { token: sent === 'live' ? token : sent };
    const answer = await gateway.send([line, 'Content-Length: 0'], options);
    const body = expectCleanAnswer(answer, { status, from: 'guard' });
    expect(body).toEqual({ code, message: expect.any(String), description: expect.any(String) });
  });

  it('does not change the status, the headers or the challenge', async () => {
    const answer = await gateway.send(['PUT /orders/1 HTTP/1.1'], { token, body: '{}' });
    expect(challengeOf(answer).parameters).toMatchObject({ error: 'insufficient_scope', scope: 'update' });
  });

  it.each([
    ['no API', 404, 'not_found', ['GET /nothing HTTP/1.1']],
    ['an upstream that is down', 502, 'bad_gateway', ['GET /orders/health HTTP/1.1']],
    ['an expectation', 417, 'invalid_request', ['POST /orders/health HTTP/1.1', 'Expect: magic', 'Content-Length: 0']],
    ['two hosts', 400, 'invalid_request', ['GET /orders HTTP/1.1', 'Host: a', 'Host: b']],
  ])('does not change responses of the gateway itself: %s', async (_, status, error, lines) => {
    const body = expectCleanAnswer(await gateway.send(lines), { status, from: 'gateway', error });
    expect(Object.keys(body)).toEqual(['error', 'error_description']);
  });

  it('does not change the OAuth endpoints', async () => {
    const { status, body } = await gateway.post('/token', { grant_type: 'nonsense' });
    expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'unsupported_grant_type' });
  });
});

import { request as secureRequest } from 'node:https';
import { connect as connectSecurely } from 'node:tls';
import { expectCleanAnswer } from '../../test/support/expect/clean-answer';
import { selfSignedCertificate } from './support/certificate';
import { aFile, aGateway, JOHN, refusalOf, type TestGateway } from './support/gateway';
import { anUpstream, echoUpstream, type EchoUpstream } from './support/upstream';

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly transportSecurity: string | undefined;
}

describe('the gateway over TLS', () => {
  let gateway: TestGateway;
  let upstream: EchoUpstream;
  let ca: string;

  beforeAll(async () => {
    ca = selfSignedCertificate();
    upstream = await echoUpstream();
    // Names relative to the file, which is in the same folder.
    const listen = { host: '127.0.0.1', port: 0, tls: { cert: 'cert.pem', key: './key.pem' } };
    gateway = await aGateway({ upstream: upstream.url, keys: { listen, portal: '/store' } });
  });

  const send = (method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = secureRequest(`${gateway.url}${path}`, { method, headers, ca }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        const transportSecurity = incoming.headers['strict-transport-security'];
        incoming.on('end', () => resolve({ status: incoming.statusCode, body: text, transportSecurity }));
      });
      outgoing.on('error', reject).end(body);
    });

  it('issues and accepts tokens, and forwards https as the protocol', async () => {
    expect(gateway.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const form = {
      grant_type: 'password',
      username: `${JOHN.username}@johnsorg`,
      password: JOHN.password,
      scope: 'read',
    };
    const basic = { Authorization: `Basic ${Buffer.from('key:secret').toString('base64')}` };
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const issued = await send('POST', '/token', { ...basic, ...type }, new URLSearchParams(form).toString());
    expect(issued.status).toBe(200);

    const { access_token: token } = JSON.parse(issued.body) as { access_token: string };
    expect(await send('GET', '/orders', { Authorization: `Bearer ${token}` })).toMatchObject({ status: 200 });
    expect(upstream.only().headers).toContainEqual(['x-forwarded-proto', 'https']);
  });

  it.each([
    ['GET', '/health/live', 200],
    ['GET', '/.well-known/oauth-authorization-server', 200],
    ['GET', '/store/sign-in', 200],
    ['GET', '/store/assets/none', 404],
    ['GET', '/orders', 401],
    ['GET', '/orders/health', 200],
    ['POST', '/token', 400],
    ['GET', '/nothing', 404],
    ['GET', '//', 400],
  ])('sends Strict-Transport-Security: %s %s', async (method, path, status) => {
    const answer = await send(method, path, {});
    expect(answer).toMatchObject({ status, transportSecurity: 'max-age=31536000' });
  });

  it('sends Strict-Transport-Security whatever the upstream sends', async () => {
    const weak = await anUpstream((_request, response) => {
      response.setHeader('Strict-Transport-Security', 'max-age=0').end();
    });
    const listen = { host: '127.0.0.1', port: 0, tls: { cert: 'cert.pem', key: 'key.pem' } };
    const other = await aGateway({ upstream: weak.url, keys: { listen } });
    const values = await new Promise((resolve, reject) => {
      secureRequest(`${other.url}/orders/health`, { ca }, ({ rawHeaders }) => {
        resolve(rawHeaders.filter((_, index) => /^strict-transport-security$/i.test(rawHeaders[index - 1] ?? '')));
      })
        .on('error', reject)
        .end();
    });
    expect(values).toEqual(['max-age=31536000']);
  });

  it('sends Strict-Transport-Security with its answer to bytes that are not HTTP', async () => {
    const { port } = new URL(gateway.url);
    const text = await new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connectSecurely({ port: Number(port), host: '127.0.0.1', ca }, () =>
        socket.write('nonsense\r\n\r\n'),
      );
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString();
      });
      socket.on('error', reject).on('close', () => resolve(received));
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 [^]*\r\nStrict-Transport-Security: max-age=31536000\r\n/);
  });

  it('recognizes a self-signed certificate', () => {
    expect(gateway.isSelfSigned).toBe(true);
  });

  it('keeps running when a client sends plain HTTP to it', async () => {
    await expect(fetch(gateway.url.replace('https', 'http'))).rejects.toThrow();
    expect(await send('GET', '/health/live', {})).toMatchObject({ status: 200 });
  });

  it('rejects an upstream whose certificate has no trusted issuer', async () => {
    const towards = await aGateway({ upstream: gateway.url });
    const answer = await towards.send(['GET /orders/health HTTP/1.1']);
    expectCleanAnswer(answer, { status: 502, from: 'gateway', error: 'bad_gateway', without: ['certificate'] });
    expect(towards.lines.at(-1)).toMatchObject({ status: 502, reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('does not start with files that are not a certificate and a key', async () => {
    aFile('no certificate', 'wrong.pem');
    const listen = { tls: { cert: 'wrong.pem', key: 'wrong.pem' } };
    expect(await refusalOf(() => aGateway({ keys: { listen } }))).toEqual([
      expect.stringMatching(/:3:5: listen\.tls: names files that are not a PEM certificate and its private key$/),
    ]);
  });
});

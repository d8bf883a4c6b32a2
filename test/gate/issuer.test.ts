import type { ScopegateOptions } from 'scopegate';
import { aGate, JOHN, type TestScope } from '../support/gate/gate';
import { passwordForm } from '../support/tokens/forms';

describe('an http issuer', () => {
  const warnings = (issuer: string) =>
    aGate({ issuer }).lines.filter(({ level, message }) => level === 'warn' && message.includes('in clear'));

  it.each(['http://api.example.com', 'http://10.0.0.1:8080', 'http://localhost.example.com', 'http://[2001:db8::1]'])(
    'causes a warning when it is not on the loopback: %s',
    (issuer) => {
      expect(warnings(issuer)).toEqual([
        { level: 'warn', fields: { issuer }, message: expect.stringContaining('https') },
      ]);
    },
  );

  it.each([
    'http://127.0.0.1',
    'http://127.8.9.10:80',
    'http://[::1]:8080',
    'http://localhost:3000',
    'http://a.localhost',
    'https://api.example.com',
  ])('causes no warning when nothing crosses a network in clear: %s', (issuer) => {
    expect(warnings(issuer)).toEqual([]);
  });
});

describe('the realm', () => {
  const challenges = async (overrides: Partial<ScopegateOptions<TestScope>>) => {
    const { get, token } = aGate(overrides);
    return [
      (await get('/me')).headers['www-authenticate'],
      (await token(passwordForm(JOHN), null)).headers['www-authenticate'],
    ];
  };

  test('S-043 S-177 is in the challenges of guards and of the token endpoint', async () => {
    expect(await challenges({ realm: 'the orders of John & Co.' })).toEqual([
      'Bearer realm="the orders of John & Co.", resource_metadata="http://127.0.0.1/.well-known/oauth-protected-resource"',
      'Basic realm="the orders of John & Co.", charset="UTF-8"',
    ]);
  });

  test("is the issuer's host by default", async () => {
    expect(await challenges({ issuer: 'http://api.example.com:8443/auth' })).toEqual([
      'Bearer realm="api.example.com:8443", resource_metadata="http://api.example.com:8443/.well-known/oauth-protected-resource"',
      'Basic realm="api.example.com:8443", charset="UTF-8"',
    ]);
  });
});

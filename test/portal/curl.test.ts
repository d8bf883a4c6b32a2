import { authorizeAddress, codeCurl, passwordCurl } from '../../src/portal/curl';

const curlFor = (tokenUrl: string): string => passwordCurl(tokenUrl, 'Authorization: Basic x', 'ana');

describe('the curl command of a page', () => {
  it.each([
    'https://127.0.0.1:8443/token',
    'https://localhost/token',
    'https://api.localhost/token',
    'https://[::1]/token',
  ])('skips certificate verification at %s, for which no certificate authority issues certificates', (tokenUrl) => {
    expect(curlFor(tokenUrl)).toMatch(/^curl -k -d /);
  });

  it.each([
    'https://api.example.com/token',
    'https://localhost.example.com/token',
    'https://127.example.com/token',
    'http://127.0.0.1:8080/token',
    'http://localhost/token',
  ])('verifies certificates at %s', (tokenUrl) => {
    expect(curlFor(tokenUrl)).toMatch(/^curl -d /);
    expect(curlFor(tokenUrl)).not.toMatch(/-k|insecure/);
  });
});

describe('the commands for the authorization code', () => {
  const client = { clientId: 'a key', redirectUri: "https://app.example/cb?a='b'&c=d" };

  it('encode the client id and the redirect URI, and leave placeholders to fill in', () => {
    const address = new URL(authorizeAddress('https://api.example.com/authorize', client));
    expect(Object.fromEntries(address.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'a key',
      redirect_uri: client.redirectUri,
      code_challenge_method: 'S256',
      code_challenge: '<code_challenge>',
      scope: '<scope>',
      state: '<state>',
    });
  });

  it('send the client id of a public client in the body, and no Basic header', () => {
    expect(codeCurl('https://api.example.com/token', client)).toBe(
      [
        "curl -d 'grant_type=authorization_code&client_id=a+key&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fa%3D'\\''b'\\''%26c%3Dd&code=<code>&code_verifier=<code_verifier>' \\",
        "     -H 'Content-Type: application/x-www-form-urlencoded' https://api.example.com/token",
      ].join('\n'),
    );
  });

  it('authenticate a confidential client by its Basic header alone', () => {
    const command = codeCurl('https://api.example.com/token', client, 'Authorization: Basic x');
    expect(command).toContain("-H 'Authorization: Basic x'");
    expect(command).not.toContain('client_id');
  });
});

import fc from 'fast-check';
import { isRegisteredRedirect, redirectUriProblem } from '../../src/protocol/redirect-uris';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';

const CALLBACK = 'https://app.example/callback';

describe('a redirect URI that is registered', () => {
  it.each([
    CALLBACK,
    'https://app.example',
    'https://app.example/',
    'https://app.example:8443/callback?tenant=1&x=',
    'https://app.example/a%2Fb/~c;d=1',
    'https://xn--bcher-kva.example/cb',
    'https://[2001:db8::1]/cb',
    'http://127.0.0.1',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:8080/callback',
    'http://[::1]/callback',
    'http://[::1]:49152/callback',
    'http://localhost:3000/callback?x=1',
    'com.example.app:/callback',
    'com.example.app://callback',
    'com.example.app:callback',
  ])('S-147 may be %s', (uri) => {
    expect(redirectUriProblem(uri)).toBeUndefined();
  });

  it.each<[uri: string, problem: string]>([
    ['', 'is not an absolute URI'],
    ['/callback', 'is not an absolute URI'],
    ['//app.example/callback', 'is not an absolute URI'],
    ['app.example/callback', 'is not an absolute URI'],
    ['https:', 'is not an absolute URI'],
    ['https://', 'is not an absolute URI'],
    ['HTTPS://app.example/', 'with a scheme in lower case'],
    ['https://app.example/#', 'must not have a fragment'],
    ['https://app.example/#token', 'must not have a fragment'],
    ['http://app.example/callback', 'must be https, or http on 127.0.0.1'],
    ['http://localhost.evil.example/', 'must be https, or http on 127.0.0.1'],
    ['http://127.0.0.1.evil/', 'must be https, or http on 127.0.0.1'],
    ['http://127.0.0.1.nip.io/', 'must be https, or http on 127.0.0.1'],
    ['http://localhost./', 'must be https, or http on 127.0.0.1'],
    ['http://0.0.0.0/', 'must be https, or http on 127.0.0.1'],
    ['http://127.0.0.2/', 'must be https, or http on 127.0.0.1'],
    ['http://[::]/', 'must be https, or http on 127.0.0.1'],
    ['http://[::ffff:127.0.0.1]/', 'must be https, or http on 127.0.0.1'],
    ['http://127.1/callback', 'must be spelled http://127.0.0.1/callback'],
    ['http://2130706433/', 'must be spelled http://127.0.0.1/'],
    ['http://[0:0:0:0:0:0:0:1]/', 'must be spelled http://[::1]/'],
    ['http://LOCALHOST/', 'must be spelled http://localhost/'],
    ['http:127.0.0.1/callback', 'must be spelled http://127.0.0.1/callback'],
    ['https:app.example', 'must be spelled https://app.example/'],
    ['https:/app.example/', 'must be spelled https://app.example/'],
    ['https:///app.example/', 'must be spelled https://app.example/'],
    ['https://App.Example/', 'must be spelled https://app.example/'],
    ['https://app.example:443/', 'must be spelled https://app.example/'],
    ['https://app.example:/', 'must be spelled https://app.example/'],
    ['https://app.example?x=1', 'must be spelled https://app.example/?x=1'],
    ['https://app.example/a/../b', 'must be spelled https://app.example/b'],
    ['https://app.example/a/./b', 'must be spelled https://app.example/a/b'],
    ['https://app.example/%2e%2E/b', 'must be spelled https://app.example/b'],
    ['https://%61pp.example/', 'must be spelled https://app.example/'],
    ['https://app.example%2fevil/', 'is not an absolute URI'],
    ['https://app.example/100%', 'is not an absolute URI'],
    ['https://app.example/%zz', 'is not an absolute URI'],
    ['https://app.example\\@evil.example/', 'is not an absolute URI'],
    ['https://app.example/a b', 'is not an absolute URI'],
    ['https://app.example/\t', 'is not an absolute URI'],
    ['https://app.example/\n', 'is not an absolute URI'],
    ['https://app.example/\r\nLocation: x', 'is not an absolute URI'],
    [' https://app.example/', 'is not an absolute URI'],
    ['java\nscript:alert(1)', 'is not an absolute URI'],
    ['https://\u0430pp.example/', 'in printable ASCII'],
    ['https://app.example/caf\u00e9', 'in printable ASCII'],
    ['https://app.example/<script>', 'is not an absolute URI'],
    ['https://app.example@evil.example/', 'must not have a user name or a password'],
    ['https://:x@evil.example/', 'must not have a user name or a password'],
    ['https://@evil.example/', 'must be spelled https://evil.example/'],
    ['http://127.0.0.1:80@evil.example/', 'must not have a user name or a password'],
    ['com.example.app://user@callback', 'must not have a user name or a password'],
    ['https://*.example/callback', 'must name one host, without a wildcard'],
    ['javascript:alert(1)', 'private-use scheme with a dot'],
    ['data:text/html,x', 'private-use scheme with a dot'],
    ['vbscript:x', 'private-use scheme with a dot'],
    ['file:///etc/passwd', 'private-use scheme with a dot'],
    ['blob:https://app.example/1', 'private-use scheme with a dot'],
    ['about:blank', 'private-use scheme with a dot'],
    ['ftp://app.example/', 'private-use scheme with a dot'],
    ['myapp:/callback', 'private-use scheme with a dot'],
    ['myapp.:/callback', 'private-use scheme with a dot'],
    ['urn:ietf:wg:oauth:2.0:oob', 'private-use scheme with a dot'],
    ['com.example.app:/a/../b', 'must be spelled com.example.app:/b'],
    ['https://app.example/?code=1', 'must not have code in its query'],
    ['https://app.example/?a=1&state=', 'must not have state in its query'],
    ['https://app.example/?%63ode=1', 'must not have code in its query'],
    ['com.example.app:/callback?iss=x', 'must not have iss in its query'],
    [`https://app.example/${'x'.repeat(2_000)}`, 'is longer than 2000 characters'],
  ])('S-147 cannot be %j', (uri, problem) => {
    expect(redirectUriProblem(uri)).toContain(problem);
  });

  const part = fc.constantFrom(
    ...['https://', 'http://', 'com.example.app:/', 'javascript:', 'app.example', '127.0.0.1', '[::1]', 'localhost'],
    ...[
      ':443',
      ':8080',
      '/',
      '/callback',
      '..',
      '.',
      '@',
      '#',
      '?',
      '&',
      '=',
      '%2e',
      '%',
      '\\',
      '\t',
      '*',
      'A',
      '\u00e9',
    ],
  );
  const uris = fc.oneof(
    anyText(),
    fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
  );

  it('S-147 is never changed by a URL parser, and has a safe scheme and neither fragment nor user name', () => {
    let accepted = 0;
    assertProperty(
      fc.property(uris, (text) => {
        if (redirectUriProblem(text) !== undefined) return;
        accepted += 1;
        const { href, protocol, hostname, username, password, hash } = new URL(text);
        expect([text, `${text}/`]).toContain(href);
        expect(username + password + hash).toBe('');
        expect(protocol).toMatch(/^https?:$|\./);
        if (protocol === 'http:') expect(['127.0.0.1', '[::1]', 'localhost']).toContain(hostname);
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});

describe('a redirect URI of a request', () => {
  it('S-147 matches the registered text only', () => {
    expect(isRegisteredRedirect(CALLBACK, ['https://other.example/', CALLBACK])).toBe(true);
    expect(isRegisteredRedirect(CALLBACK, [])).toBe(false);
  });

  it.each([
    '',
    'https://app.example/callback/',
    'https://app.example/Callback',
    'https://APP.example/callback',
    'HTTPS://app.example/callback',
    'http://app.example/callback',
    'https://app.example:443/callback',
    'https://app.example:8443/callback',
    'https://app.example/x/../callback',
    'https://app.example/./callback',
    'https://app.example//callback',
    'https://app.example/callback/..',
    'https://app.example/callback?',
    'https://app.example/callback?x=1',
    'https://app.example/callback#',
    'https://app.example/callback#x',
    'https://app.example/callback%20',
    'https://app.example/callback ',
    ' https://app.example/callback',
    'https://app.example/callback\n',
    'https://app.example\t/callback',
    'https://app.example/%63allback',
    'https://app.example/callback\0',
    'https://app.example\\callback',
    'https://user@app.example/callback',
    'https://app.example@evil.example/callback',
    'https://app.example.evil.example/callback',
    'https://evil.example/https://app.example/callback',
    'https://app.example./callback',
    '//app.example/callback',
    '/callback',
    'https://\u0430pp.example/callback',
    'javascript:alert(1)//https://app.example/callback',
    'data:text/html,https://app.example/callback',
    'https://app.example/callback,https://evil.example/',
  ])('S-147 does not match a registered one that it only resembles: %j', (sent) => {
    expect(isRegisteredRedirect(sent, [CALLBACK])).toBe(false);
  });

  it.each<[registered: string, sent: string]>([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:49152/cb'],
    ['http://127.0.0.1:3000/cb', 'http://127.0.0.1:49152/cb'],
    ['http://127.0.0.1:3000/cb', 'http://127.0.0.1/cb'],
    ['http://[::1]/cb', 'http://[::1]:1/cb'],
    ['http://localhost/cb?x=1', 'http://localhost:65535/cb?x=1'],
    ['http://localhost', 'http://localhost:8080'],
  ])('S-147 may have another port on a loopback host: %s matches %s', (registered, sent) => {
    expect(isRegisteredRedirect(sent, [registered])).toBe(true);
  });

  it.each<[registered: string, sent: string]>([
    ['http://127.0.0.1/cb', 'http://localhost/cb'],
    ['http://127.0.0.1/cb', 'http://[::1]/cb'],
    ['http://localhost/cb', 'http://127.0.0.1:80/cb'],
    ['http://127.0.0.1/cb', 'https://127.0.0.1:8080/cb'],
    ['https://127.0.0.1/cb', 'https://127.0.0.1:8080/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:8080/cb/'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:8080/CB'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:8080/cb?x'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:8080/x/../cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:65536/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:-1/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:8080:8081/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1.evil.example:8080/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:8080@evil.example/cb'],
    ['http://127.0.0.1/cb', 'http://x@127.0.0.1:8080/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.2:8080/cb'],
    ['http://127.0.0.1/cb', 'http://127.1:8080/cb'],
    ['http://localhost/cb', 'http://LOCALHOST:8080/cb'],
    ['http://localhost/cb', 'http://localhost.:8080/cb'],
    ['http://localhost/cb', 'http://localhost.evil.example/cb'],
    ['http://localhost', 'http://localhost:8080/'],
    ['http://[::1]/cb', 'http://[0:0:0:0:0:0:0:1]:8080/cb'],
    ['com.example.app:/cb', 'com.example.app://cb'],
    ['com.example.app:/cb', 'com.example.app:cb'],
    ['com.example.app:/cb', 'com.example.APP:/cb'],
    ['com.example.app:/cb', 'com.example.app:8080/cb'],
  ])('S-147 must otherwise be the same on a loopback host or with a private-use scheme: %s is not %s', (one, sent) => {
    expect(isRegisteredRedirect(sent, [one])).toBe(false);
  });

  it('S-147 matches only if the texts are equal, or equal but for the port of a loopback host', () => {
    const piece = fc.constantFrom(
      ...['http://', 'https://', '127.0.0.1', '[::1]', 'localhost', 'app.example', ':80', ':8080', ':99999', ':'],
      ...['/', '/cb', '/CB', '?', 'x', '@', '#', '\\', '..', '\n', 'com.example.app:/'],
    );
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    let matched = 0;
    assertProperty(
      fc.property(fc.array(text, { maxLength: 3 }), text, fc.boolean(), (registered, other, isCopy) => {
        const sent = isCopy ? (registered[0] ?? other).replace(/(?::\d+)?(?=\/cb|$)/, ':8080') : other;
        if (!isRegisteredRedirect(sent, registered)) return;
        matched += 1;
        const port = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d+)?(?=[/?]|$)/;
        expect([...registered, ...registered.map((uri) => uri.replace(port, '$1'))]).toContain(
          registered.includes(sent) ? sent : sent.replace(port, '$1'),
        );
      }),
      { numRuns: 5_000 },
    );
    expect(matched).toBeGreaterThan(20);
  });
});

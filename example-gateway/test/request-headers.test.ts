import { expectCleanAnswer } from '../../test/support/expect/clean-answer';
import { exchangeRaw, sendRaw } from '../../test/support/http/raw-http';
import { encoded, identityHeaders } from '../src/proxy/identity';
import { aGateway, JANE, type TestGateway } from './support/gateway';
import { echoUpstream, type EchoUpstream, type SeenRequest } from './support/upstream';
import { after } from '../../test/support/time/waiting';

const named = ({ headers }: SeenRequest, name: string): string[] =>
  headers.filter(([field]) => field.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

const folded = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** All lines that an upstream which folds names would take for the caller's identity. */
const identityOf = ({ headers }: SeenRequest): (readonly [string, string])[] =>
  headers
    .filter(([name]) => folded(name).startsWith('xauthenticated'))
    .sort(([left], [right]) => (left < right ? -1 : 1));

describe('request forwarding', () => {
  let upstream: EchoUpstream;
  let gateway: TestGateway;
  let token: string;

  beforeAll(async () => {
    upstream = await echoUpstream();
    gateway = await aGateway({ upstream: upstream.url, keys: { issuer: 'http://api.example.com:8443' } });
    token = await gateway.token('read update');
  });

  /** Sends a request that must pass, and gives what the upstream saw of it. */
  const pass = async (
    lines: readonly string[],
    options: { token?: string; body?: string } = { token },
  ): Promise<SeenRequest> => {
    const before = upstream.seen.length;
    const answer = await gateway.send(lines, options);
    expect(answer.status).toBe(200);
    const seen = upstream.seen[before];
    if (seen === undefined) throw new Error('nothing reached the upstream');
    return seen;
  };

  const ours = [
    ['X-Authenticated-Client', 'key'],
    ['X-Authenticated-Organization', 'johnsorg'],
    ['X-Authenticated-Scope', 'read update'],
    ['X-Authenticated-Userid', 'john@gmail.com@johnsorg'],
  ];

  it('passes the user, the client and the granted scope to the upstream', async () => {
    expect(identityOf(await pass(['GET /orders HTTP/1.1']))).toEqual(ours);
  });

  it.each([
    ['another case', ['x-authenticated-USERID: evil', 'X-AUTHENTICATED-SCOPE: admin']],
    ['the same name', ['X-Authenticated-Userid: evil', 'X-Authenticated-Scope: admin']],
    ['two of a kind', ['X-Authenticated-Client: evil', 'X-Authenticated-Client: evil2']],
    ['underscores', ['X_Authenticated_Userid: evil', 'X_AUTHENTICATED_SCOPE: admin', 'X-Authenticated_Client: evil']],
    ['dots', ['X.Authenticated.Userid: evil', 'X-Authenticated.Organization: evil']],
    [
      'other punctuation',
      ["X'Authenticated'Userid: evil", 'X~Authenticated~Scope: admin', 'XAuthenticatedUserid: evil'],
    ],
    ['8-bit characters', ['X-Authenticated-Userid: j\xf6hn', 'X-Authenticated-Scope: \xe4dmin']],
    ['names of the same family', ['X-Authenticated-Role: admin', 'X-Authenticated-User: root']],
  ])('S-262 drops identity headers that a client sends: %s', async (_, lines) => {
    const seen = await pass(['GET /orders HTTP/1.1', ...lines]);
    expect(identityOf(seen)).toEqual(ours);
  });

  it('S-262 refuses a header name that is followed by a space', async () => {
    const answer = await gateway.send(['GET /orders HTTP/1.1', 'X-Authenticated-Scope : admin'], { token });
    expectCleanAnswer(answer, { status: 400, from: 'gateway' });
    expect(answer.closed).toBe(true);
  });

  it.each([
    'close, X-Authenticated-Scope',
    'close, x-authenticated-scope, X-AUTHENTICATED-USERID',
    'X-Authenticated-Client,x-authenticated-organization',
    'keep-alive, X_Authenticated_Scope',
  ])('S-263 does not let a Connection header remove the identity headers of the gateway: %s', async (value) => {
    const seen = await pass(['GET /orders HTTP/1.1', `Connection: ${value}`, 'X-Authenticated-Scope: admin']);
    expect(identityOf(seen)).toEqual(ours);
    expect(named(seen, 'connection')).toEqual(['keep-alive']);
  });

  it('S-263 drops the headers that Connection names, but not those that frame the message', async () => {
    const lines = [
      'POST /orders HTTP/1.1',
      'Connection: X-Secret, X_Other, Content-Length, Host, keep-alive',
      'X-Secret: 1',
      'X-Other: 2',
    ];
    const seen = await pass(lines, { token, body: 'hello' });
    expect(named(seen, 'x-secret')).toEqual([]);
    expect(named(seen, 'x-other')).toEqual([]);
    expect(named(seen, 'content-length')).toEqual(['5']);
    expect(seen.body).toBe('hello');
  });

  it('S-264 does not forward hop-by-hop headers', async () => {
    const seen = await pass([
      'GET /orders HTTP/1.1',
      'Keep-Alive: timeout=99',
      'TE: trailers',
      'Trailer: X-Sum',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
      'Proxy-Authorization: Basic eDp5',
      'Proxy-Connection: keep-alive',
      'Proxy_Authorization: Basic eDp5',
      'Proxy: http://evil.test',
    ]);
    const names = seen.headers.map(([name]) => folded(name));
    for (const name of [
      'keepalive',
      'te',
      'trailer',
      'upgrade',
      'http2settings',
      'proxyauthorization',
      'proxyconnection',
      'proxy',
    ]) {
      expect(names).not.toContain(name);
    }
    expect(named(seen, 'connection')).toEqual(['keep-alive']);
  });

  it('S-265 does not forward the token, and forwards cookies', async () => {
    const seen = await pass(['GET /orders?a=1 HTTP/1.1', 'Cookie: theme=dark; lang=en']);
    expect(named(seen, 'authorization')).toEqual([]);
    expect(named(seen, 'cookie')).toEqual(['theme=dark; lang=en']);
    expect(upstream.bytes()).not.toContain(token);
  });

  it.each([
    ['alone', ['Cookie: scopegate=s1'], []],
    ['alone, as of an https issuer', ['Cookie: __Host-scopegate=s1'], []],
    ['both', ['Cookie: scopegate=s1; __Host-scopegate=s2'], []],
    ['with that of an authorization request', ['Cookie: scopegate=s1; scopegate-authorize=s2; a=b'], ['a=b']],
    ['with that of the language', ['Cookie: scopegate-language=de; a=b'], ['a=b']],
    ['that of an authorization request over https', ['Cookie: a=b; __Host-scopegate-authorize=s1'], ['a=b']],
    ['with nothing but separators besides', ['Cookie: ; scopegate=s1 ;;'], []],
    ['first', ['Cookie: scopegate=s1; theme=dark; lang=en'], ['theme=dark; lang=en']],
    ['in between', ['Cookie: theme=dark; __Host-scopegate=s1; lang=en'], ['theme=dark; lang=en']],
    ['last', ['Cookie: theme=dark; lang=en; scopegate=s1'], ['theme=dark; lang=en']],
    ['twice', ['Cookie: scopegate=s1; theme=dark; scopegate=s2'], ['theme=dark']],
    ['without spaces', ['Cookie: theme=dark;scopegate=s1;lang=en'], ['theme=dark;lang=en']],
    ['with more spaces', ['Cookie:   scopegate = s1  ;\ttheme=dark ;\t__Host-scopegate\t=s2'], ['theme=dark']],
    ['without a value', ['Cookie: scopegate=; theme=dark; scopegate'], ['theme=dark']],
    ['with an equals sign in the value', ['Cookie: scopegate=s1==; theme=a=b'], ['theme=a=b']],
    ['inside quotes', ['Cookie: theme="dark; scopegate=s1; lang=en"'], ['theme="dark; lang=en"']],
    ['in two headers', ['Cookie: scopegate=s1', 'Cookie: __Host-scopegate=s2'], []],
    ['in one of two headers', ['Cookie: theme=dark', 'cookie: scopegate=s1; lang=en'], ['theme=dark; lang=en']],
    ['in a header of another case', ['COOKIE: scopegate=s1; theme=dark'], ['theme=dark']],
  ])("S-265 does not forward the portal's cookies to the upstream: %s", async (_, lines, left) => {
    const { length } = upstream.bytes();
    expect(named(await pass(['GET /orders HTTP/1.1', ...lines]), 'cookie')).toEqual(left);
    expect(named(await pass(['GET /orders/health HTTP/1.1', ...lines], {}), 'cookie')).toEqual(left);
    expect(upstream.bytes().slice(length)).not.toMatch(/scopegate|=\s*s[12]/i);
  });

  it('forwards cookies with similar names byte for byte', async () => {
    const value =
      'Scopegate=1;my-scopegate=2;  scopegate2=3; __Secure-scopegate=4; scopegate-authorized=6; theme=scopegate=5;;';
    expect(named(await pass(['GET /orders HTTP/1.1', `Cookie: ${value}`]), 'cookie')).toEqual([value]);
  });

  it('S-265 removes a token from the query of a public resource', async () => {
    for (const query of [
      'access_token=T&a=1',
      'a=1&access_token=T',
      'access%5Ftoken=T&a=1',
      'a=1&access_token[]=T',
      '%61ccess_token=T&a=1',
    ]) {
      const seen = await pass([`GET /orders/health?${query} HTTP/1.1`, 'Authorization: Bearer nonsense'], {});
      expect(seen.url).toBe('/health?a=1');
      expect(named(seen, 'authorization')).toEqual([]);
    }
    expect((await pass(['GET /orders/health?access_token HTTP/1.1'], {})).url).toBe('/health');
    const kept = '?my_access_token=1&b=%ff&c=%zz&&d=a+b%20c';
    expect((await pass([`GET /orders/health${kept} HTTP/1.1`], {})).url).toBe(`/health${kept}`);
  });

  it('S-265 refuses a token in the query of a guarded resource, even if the header has one as well', async () => {
    const answer = await gateway.send([`GET /orders?access_token=${token} HTTP/1.1`], { token });
    expectCleanAnswer(answer, { status: 400, from: 'guard', error: 'invalid_request', without: [token] });
    expectCleanAnswer(await gateway.send([`GET /orders?access_token=${token} HTTP/1.1`]), {
      status: 401,
      from: 'guard',
      without: [token],
    });
  });

  it('S-266 sends no identity headers for a public resource, with or without a token', async () => {
    const anonymous = await pass(['GET /orders/health HTTP/1.1', 'X-Authenticated-Userid: evil'], {});
    expect(identityOf(anonymous)).toEqual([]);
    const withToken = await pass(['GET /orders/health HTTP/1.1', 'X_Authenticated_Scope: admin']);
    expect(identityOf(withToken)).toEqual([]);
    expect(named(withToken, 'authorization')).toEqual([]);
  });

  it('S-266 sends no identity beyond what was granted to the token', async () => {
    const seen = await pass(['GET /orders HTTP/1.1'], { token: await gateway.token('read update', JANE) });
    expect(identityOf(seen)).toContainEqual(['X-Authenticated-Scope', 'read']);
  });

  it('S-266 sends an empty scope header when no scope was granted', async () => {
    const seen = await pass(['GET /orders/any HTTP/1.1'], { token: await gateway.token('update', JANE) });
    expect(named(seen, 'x-authenticated-scope')).toEqual(['']);
  });

  it('S-267 percent-encodes everything except visible ASCII', () => {
    const auth = {
      clientId: 'a%b',
      scopes: ['read:all', 'caf\u00e9'],
      environment: 'production',
      grantId: 'g',
      issuedAt: 0,
      expiresAt: 1,
    } as const;
    expect(
      identityHeaders({ ...auth, subject: 'j\r\nX-Evil: 1 \u00f6\u{1f600}\u007f', organization: 'o\u0000' }),
    ).toEqual({
      'X-Authenticated-Userid': 'j%0D%0AX-Evil:%201%20%C3%B6%F0%9F%98%80%7F',
      'X-Authenticated-Client': 'a%25b',
      'X-Authenticated-Organization': 'o%00',
      'X-Authenticated-Scope': 'read:all caf%C3%A9',
    });
    expect(identityHeaders(auth)).not.toHaveProperty('X-Authenticated-Userid');
    expect(decodeURIComponent(encoded('100% \u00e4'))).toBe('100% \u00e4');
  });

  it('S-267 sends a user name with non-ASCII letters in ASCII', async () => {
    const users = [{ username: 'j\u00f6rg%m', password: 'p', organization: 'johnsorg' }];
    const other = await aGateway({ upstream: upstream.url, keys: { users } });
    const before = upstream.seen.length;
    const jorg = await other.token('read', { username: 'j\u00f6rg%m', password: 'p' });
    await other.send(['GET /orders HTTP/1.1'], { token: jorg });
    const seen = upstream.seen[before];
    expect(seen && named(seen, 'x-authenticated-userid')).toEqual(['j%C3%B6rg%25m@johnsorg']);
  });

  describe('with respect to framing', () => {
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    const head = (method = 'POST'): string =>
      `${method} /orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n`;

    it.each([
      ['Content-Length and Transfer-Encoding', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
      ['two Content-Lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
      ['a list of Content-Lengths', 'Content-Length: 5, 5\r\n\r\nhello'],
      ['a signed Content-Length', 'Content-Length: +5\r\n\r\nhello'],
      ['an unknown coding', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
      ['a coding besides chunked', 'Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
      ['a coding twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
      ['a vertical tab before chunked', 'Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n'],
      ['bare line feeds', 'Transfer-Encoding: chunked\n\n0\n\n'],
      ['a folded line', 'X-A: 1\r\n b: 2\r\nContent-Length: 0\r\n\r\n'],
      ['a bad chunk size', 'Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n'],
      ['a line feed in a chunk extension', 'Transfer-Encoding: chunked\r\n\r\n5;a\nb\r\nhello\r\n0\r\n\r\n'],
      ['NUL in a header', 'X-A: a\x00b\r\n\r\n'],
    ])('S-268 refuses %s', async (_, rest) => {
      const before = upstream.seen.length;
      const { responses, closed } = await exchangeRaw(gateway.port, `${head()}${rest}${smuggled}`, {
        responses: 2,
        deadlineMs: 1_500,
      });
      expect({ statuses: responses.map(({ status }) => status), closed }).toEqual({ statuses: [400], closed: true });
      const [answer] = responses;
      if (answer !== undefined) expectCleanAnswer(answer, { status: 400, from: 'gateway' });
      expect(upstream.seen.length).toBe(before);
    });

    it('S-268 replaces the framing of the upstream request', async () => {
      const before = upstream.seen.length;
      const chunked = `${head()}Transfer-Encoding: Chunked\r\n\r\n5;ext=1\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n`;
      expect((await sendRaw(gateway.port, chunked)).status).toBe(200);
      const seen = upstream.seen[before];
      expect(seen).toMatchObject({ body: 'hello' });
      expect(seen && named(seen, 'transfer-encoding')).toEqual(['chunked']);
      expect(seen && named(seen, 'content-length')).toEqual([]);
      expect(upstream.bytes()).not.toMatch(/;ext=1|X-Trailer/);
    });

    it('S-268 never sends a body that an upstream could parse as a second request', async () => {
      const { length } = upstream.seen;
      const chunk = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;
      for (const [method, target] of [
        ['DELETE', '/orders/1'],
        ['GET', '/orders'],
        ['PUT', '/orders/1'],
        ['GET', '/orders/1'],
      ]) {
        const lines = [
          `${method} ${target} HTTP/1.1`,
          'Host: a',
          `Authorization: Bearer ${token}`,
          'Transfer-Encoding: chunked',
          '',
          chunk,
        ];
        expect((await sendRaw(gateway.port, lines.join('\r\n'))).status).toBe(200);
      }
      const seen = upstream.seen.slice(length);
      expect(seen.map(({ method, body }) => [method, body])).toEqual([
        ['DELETE', smuggled],
        ['GET', smuggled],
        ['PUT', smuggled],
        ['GET', smuggled],
      ]);
      expect(upstream.seen.some(({ url }) => url === '/smuggled')).toBe(false);
    });

    it('S-270 forwards the body of a GET with its length', async () => {
      const seen = await pass(['GET /orders HTTP/1.1'], { token, body: smuggled });
      expect(seen).toMatchObject({ method: 'GET', body: smuggled });
      expect(named(seen, 'content-length')).toEqual([String(smuggled.length)]);
    });

    it('sends `Content-Length: 0` when the method suggests a body and there is none', async () => {
      const seen = await pass(['POST /orders HTTP/1.1']);
      expect(named(seen, 'content-length')).toEqual(['0']);
      expect(named(seen, 'transfer-encoding')).toEqual([]);
    });

    it('S-280 answers an Expect header itself and does not forward it', async () => {
      const parts = async function* () {
        yield `${head()}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`;
        await after(50);
        yield 'hello';
      };
      const before = upstream.seen.length;
      const answer = await sendRaw(gateway.port, parts());
      expect(answer).toMatchObject({ status: 200, interim: [100] });
      const seen = upstream.seen[before];
      expect(seen).toMatchObject({ body: 'hello' });
      expect(seen && named(seen, 'expect')).toEqual([]);
      expect(seen && identityOf(seen)).toEqual(ours);
    });
  });

  it.each([
    ['two hosts', ['Host: a', 'Host: b']],
    ['the same host twice', ['Host: a', 'Host: a']],
    ['no host', []],
    ['an empty host', ['Host: ']],
    ['a user in the host', ['Host: user@a']],
    ['two ports', ['Host: a:80:90']],
    ['an invalid port', ['Host: a:x']],
    ['a list of hosts', ['Host: a, b']],
    ['a path in the host', ['Host: a/b']],
  ])('S-269 refuses %s', async (_, lines) => {
    const before = upstream.seen.length;
    const text = ['GET /orders HTTP/1.1', ...lines, `Authorization: Bearer ${token}`, '', ''].join('\r\n');
    const answer = await sendRaw(gateway.port, text);
    expectCleanAnswer(answer, { status: 400, from: 'gateway', error: 'invalid_request' });
    expect(answer.closed).toBe(true);
    expect(upstream.seen.length).toBe(before);
  });

  it('S-269 refuses two Host headers at the token endpoint, too', async () => {
    const answer = await sendRaw(
      gateway.port,
      'POST /token HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n',
    );
    expectCleanAnswer(answer, { status: 400, from: 'gateway' });
  });

  it('S-278 rewrites the headers that describe where the request came from', async () => {
    const seen = await pass([
      'GET /orders HTTP/1.1',
      'Host: api.example.com:8443',
      'X-Forwarded-For: 6.6.6.6',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: evil.test',
      'X-Forwarded-Port: 1',
      'X_Forwarded_For: 6.6.6.6',
      'X-Real-IP: 6.6.6.6',
      'Forwarded: for=6.6.6.6',
    ]);
    expect(seen.headers.filter(([, value]) => /6\.6\.6\.6|evil/.test(value))).toEqual([]);
    expect(named(seen, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(named(seen, 'x-forwarded-proto')).toEqual(['http']);
    expect(named(seen, 'x-forwarded-host')).toEqual(['api.example.com:8443']);
    expect(named(seen, 'x-forwarded-prefix')).toEqual(['/orders']);
    expect(named(seen, 'x-forwarded-port')).toEqual([]);
    expect(named(seen, 'forwarded')).toEqual(['for=127.0.0.1;proto=http;host="api.example.com:8443"']);
    expect(named(seen, 'host')).toEqual([new URL(upstream.url).host]);
    expect(named(seen, 'via')).toEqual(['1.1 example-gateway']);
  });

  it('forwards ordinary headers unchanged', async () => {
    const seen = await pass(
      ['POST /orders HTTP/1.1', 'Content-Type: application/json', 'Accept: a', 'Accept: b', 'If-Match: "x"'],
      { token, body: '{}' },
    );
    expect(named(seen, 'content-type')).toEqual(['application/json']);
    expect(named(seen, 'accept')).toEqual(['a, b']);
    expect(named(seen, 'if-match')).toEqual(['"x"']);
  });
});

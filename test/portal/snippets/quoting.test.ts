import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { en } from '../../../src/pages/texts/en';
import { LANGUAGES } from '../../../src/portal/snippets/snippets';
import { CODE_LANGUAGES, runCode, type CodeLanguage } from '../../support/code/run-code';
import { openEchoServer, type EchoServer } from '../../support/code/echo-server';
import { SeededRandom } from '../../support/properties/seeded-random';

const HOSTILE = [
  '',
  "'",
  '"',
  '\\',
  '\\\\"',
  "it's $HOME `id` $(id) !!",
  '"; exit 1; echo "',
  '${process.exit(1)}',
  '`${1}`',
  '{os.environ}',
  '"""\n\'\'\'',
  '\r\n\t\b\f\u2028\u2029',
  '@/etc/passwd',
  '<&>;|*?~#',
  'a=b&c=d+e%20f',
  '-k --data x',
  'größe 😀',
  '\\u0041\\x41\\101',
  '</script>',
  '__proto__',
];

/** Values with any characters; a shell cannot have NUL in an argument. */
const values = (count: number): readonly string[] => {
  const random = new SeededRandom();
  const character = (): string => {
    const limit = random.pick([0x7f, 0xd7ff]);
    return String.fromCodePoint(1 + Math.floor(random.next() * limit));
  };
  const text = (): string => Array.from({ length: random.pick([1, 5, 20]) }, character).join('');
  return [...HOSTILE, ...Array.from({ length: count }, text)];
};

let echo: EchoServer;
beforeAll(async () => {
  echo = await openEchoServer();
});
afterAll(() => echo.close());

describe.each(LANGUAGES.map(({ name, writer }) => [name as CodeLanguage, writer] as const))(
  'a snippet in %s',
  (language, writer) => {
    it('sends any value exactly as it is', async () => {
      const fields = values(80).map((value, index) => [`f${index}`, value] as const);
      const request = { url: `${echo.url}/it's/$HOME`, isBasic: true, fields };
      await runCode(language, writer.token(request, en.snippets.code), {
        environment: { CONSUMER_KEY: 'key', CONSUMER_SECRET: '$ecret"' },
      });
      const { body = '', headers } = echo.received() ?? {};
      expect([...new URLSearchParams(body)]).toEqual(fields);
      expect(headers?.authorization).toBe(`Basic ${Buffer.from('key:$ecret"').toString('base64')}`);
    });

    it('sends the value of a variable exactly as it is', async () => {
      const hostile = HOSTILE.filter((value) => value !== '').join(' ');
      const request = { url: echo.url, isBasic: false, fields: [['password', { variable: 'PASSWORD' }]] as const };
      await runCode(language, writer.token(request, en.snippets.code), { environment: { PASSWORD: hostile } });
      expect([...new URLSearchParams(echo.received()?.body)]).toEqual([['password', hostile]]);
    });

    it('verifies certificates, except of https at a loopback address', () => {
      const codeFor = (url: string): string => writer.token({ url, isBasic: true, fields: [] }, en.snippets.code);
      const marks = /curl -k|verify=False|NODE_EXTRA_CA_CERTS/;
      for (const host of ['127.0.0.1:8443', 'localhost', 'api.localhost', '[::1]'])
        expect(codeFor(`https://${host}/token`)).toMatch(marks);
      for (const address of [
        'https://api.example.com/token',
        'https://localhost.example.com/token',
        'https://127.example.com/token',
        'http://127.0.0.1:8080/token',
        'http://localhost/token',
      ])
        expect(codeFor(address)).not.toMatch(marks);
    });
  },
);

interface ComposedRequest {
  readonly method: string;
  readonly address: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly hasToken: boolean;
}

type CodeOf = (language: string, request: ComposedRequest, texts: typeof en.tryItScript) => string;

/** The function of the script that browsers run. */
const codeOf = (): CodeOf => {
  const script = readFileSync(join(__dirname, '../../../src/portal/assets/request-code.js'), 'utf8');
  return runInNewContext(`${script}\ncodeOf;`, { URL }) as CodeOf;
};

describe.each(CODE_LANGUAGES)('a request of Try it as code in %s', (language) => {
  const name = language === 'javascript' ? 'fetch' : language;
  const environment = { TOKEN: 'sga_1$"' };

  it('sends path, headers, body and token exactly as they are', async () => {
    const body = values(40).join('\n');
    const request: ComposedRequest = {
      method: 'PUT',
      address: `${echo.url}/orders/it's%20$HOME?q=%22a%22`,
      headers: [
        ['Content-Type', 'text/plain; charset="utf-8"'],
        ['X-Odd', `it's "$HOME" \`id\` \\ !`],
      ],
      body,
      hasToken: true,
    };
    await runCode(language, codeOf()(name, request, en.tryItScript), { environment });
    const received = echo.received();
    expect(received?.method).toBe('PUT');
    expect(received?.url).toMatch(/^\/orders\/it(?:'|%27)s%20(?:\$|%24)HOME\?q=%22a%22$/);
    expect(received?.body).toBe(body);
    expect(received?.headers).toMatchObject({
      authorization: 'Bearer sga_1$"',
      'content-type': 'text/plain; charset="utf-8"',
      'x-odd': `it's "$HOME" \`id\` \\ !`,
    });
  });

  it.each(['GET', 'HEAD', 'DELETE'])('sends %s without a body or a token', async (method) => {
    const request: ComposedRequest = { method, address: `${echo.url}/orders`, headers: [], hasToken: false };
    await runCode(language, codeOf()(name, request, en.tryItScript));
    expect(echo.received()).toMatchObject({ method, url: '/orders', body: '' });
    expect(echo.received()?.headers.authorization).toBeUndefined();
  });
});

import express from 'express';
import { JOHN } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { computedMs } from '../support/time/timing';
import {
  aServedGate,
  aSource,
  PASSWORD_FORM,
  type ServedGate,
  countPasswordChecks,
} from '../support/tokens/token-requests';
import { encodeForm } from '../support/tokens/forms';

const RIGHT_FORM = encodeForm(PASSWORD_FORM);

const invalid = { status: 400, error: 'invalid_request' } as const;

const source = aSource();
let gate: ServedGate;
beforeAll(async () => {
  gate = await aServedGate({ users: source.users });
});

const passwordsChecked = countPasswordChecks(source);

/** The right form, in which a parameter has these values instead of its own. */
const withValues = (name: string, ...values: readonly string[]): string => {
  const form = new URLSearchParams(PASSWORD_FORM);
  form.delete(name);
  for (const value of values) form.append(name, value);
  return form.toString();
};

describe('a repeated parameter', () => {
  it('S-013 is refused, with the same or another value, with one answer for all', async () => {
    const names = [
      ...['grant_type', 'username', 'password', 'scope', 'refresh_token', 'client_id', 'client_secret'],
      ...['code', 'redirect_uri', 'code_verifier', 'anything'],
    ];
    const right: Readonly<Record<string, string>> = { ...PASSWORD_FORM, client_id: 'key' };
    const said = new Set<string>();
    for (const name of names) {
      const value = right[name] ?? 'a';
      for (const other of [value, 'b']) {
        const answer = await gate.post(withValues(name, value, other));
        expectCleanAnswer(answer, invalid);
        said.add(answer.body);
      }
    }
    expect(said.size).toBe(1);
    expect(passwordsChecked()).toBe(0);
  });

  it.each([
    ...[
      ['scope', 'read', ''],
      ['scope', '', 'read'],
      ['scope', '', ''],
      ['username', '', JOHN[0]],
    ],
    ...[
      ['password', JOHN[1], ''],
      ['grant_type', '', 'password'],
      ['client_id', '', 'key'],
    ],
  ])('S-014 is refused even if a value is empty: %s=%s, then %s', async (name, ...values) => {
    expectCleanAnswer(await gate.post(withValues(name, ...values)), invalid);
    expect(passwordsChecked()).toBe(0);
  });

  it.each(['grant%5Ftype', '%67rant_type', 'grant%5ftype'])(
    'S-015 is refused in any escaped spelling: %s',
    async (name) => {
      expectCleanAnswer(await gate.post(`${RIGHT_FORM}&${name}=password`), invalid);
    },
  );

  it.each(['Grant_Type', 'GRANT_TYPE', 'grant_type%00', '%20grant_type'])(
    'S-015 is not one if the name differs: %s',
    async (name) => {
      expectCleanAnswer(await gate.post(`${RIGHT_FORM}&${name}=refresh_token`), { status: 200 });
      expectCleanAnswer(await gate.post(RIGHT_FORM.replace('grant_type', name)), invalid);
    },
  );
});

describe('a parameter name', () => {
  it.each(['username[$ne]', 'username[]', 'password[]', 'scope[split]', 'grant_type[toString]', 'username%5B%5D'])(
    'S-016 with brackets creates no list and no object: %s',
    async (name) => {
      const [plain = ''] = name.split(/\[|%5B/);
      const form = withValues(plain);
      for (const parser of [
        undefined,
        express.urlencoded({ extended: true }),
        express.urlencoded({ extended: false }),
      ]) {
        const host = parser === undefined ? gate : await aServedGate({ users: source.users }, { inFront: [parser] });
        expectCleanAnswer(await host.post(`${form}&${name}=x`), invalid);
      }
      expect(passwordsChecked()).toBe(0);
    },
  );

  it('S-016 with brackets does not provide a refresh token', async () => {
    expectCleanAnswer(await gate.post('grant_type=refresh_token&refresh_token[x]=y'), invalid);
  });

  const inherited = ['__proto__', '__proto__[admin]', 'constructor[prototype][x]', 'constructor', 'hasOwnProperty'];

  it('S-017 may be that of an inherited property, which has no effect', async () => {
    const form = [...inherited, 'toString', 'valueOf', '__defineGetter__'].map((name) => `${name}=1`).join('&');
    const parsers = [express.urlencoded({ extended: true }), express.urlencoded({ extended: false })];
    expectCleanAnswer(await gate.post(`${form}&${RIGHT_FORM}`), { status: 200 });
    for (const parser of parsers) {
      const host = await aServedGate({ users: source.users }, { inFront: [parser] });
      // A parser may make an object of a name with brackets, which is refused; the prototype is clean all the same.
      expectCleanAnswer(await host.post(`${form}&${RIGHT_FORM}`), { status: [200, 400] });
    }
    expectCleanAnswer(await gate.post(form), invalid);
  });

  it('S-028 may be unknown, and is ignored then', async () => {
    const unknown = 'audience=a&foo=bar&token=x&state=&nonce=%00&expires_in=999999&token_type=mac&user=admin';
    expectCleanAnswer(await gate.post(`${unknown}&${RIGHT_FORM}`), { status: 200 });
  });

  it.each([
    ['nested ten thousand times', `a${'[b]'.repeat(10_000)}=1`, 400],
    ['thirty thousand ampersands', '&'.repeat(30_000), 400],
    ['a hundred thousand ampersands', '&'.repeat(100_000), 413],
    ['fifteen hundred', Array.from({ length: 1_500 }, (_nothing, index) => `p${index}=1`).join('&'), 400],
    ['one of 90 KB', 'n'.repeat(90_000), 413],
    ['one of 30 KB', 'n'.repeat(30_000), 400],
    ['escapes alone', '%61'.repeat(10_000), 400],
  ])('S-018 may be long, nested or one of many, at bounded cost: %s', async (_name, form, status) => {
    const costs: number[] = [];
    for (let tries = 0; tries < 5; tries += 1) {
      const before = computedMs();
      expectCleanAnswer(await gate.post(form), { status, error: 'invalid_request' });
      costs.push(computedMs() - before);
    }
    // Client and server are one process here. Anything worse than linear takes many times as long.
    expect(Math.min(...costs)).toBeLessThan(200);
  });
});

describe('the grant type', () => {
  it.each([
    ...['foo', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'PASSWORD', 'Password'],
    ...[' password', 'password ', 'password\t', 'password,refresh_token', 'toString', '__proto__', 'constructor', '0'],
  ])('S-025 is unsupported if it is "%s"', async (grantType) => {
    const answer = await gate.post({ ...PASSWORD_FORM, grant_type: grantType });
    const described = expectCleanAnswer(answer, { status: 400, error: 'unsupported_grant_type' });
    expect(described['error_description']).toBe('This grant type is not supported.');
    expect(passwordsChecked()).toBe(0);
  });

  it.each([
    ['line ends', 'a\r\nSet-Cookie: x=1'],
    ['quotes', 'a"b\\c\''],
    ['markup', '<script>alert(1)</script>'],
    ['NUL', 'password\0'],
    ['20 KB', 'p'.repeat(20_000)],
    ['emoji', '\u{1F511}\u{1F511}'],
    ['an escape sequence', '\u001B[31m'],
  ])('S-026 is answered with a fixed text if it contains %s', async (_name, grantType) => {
    const answer = await gate.post({ ...PASSWORD_FORM, grant_type: grantType });
    const fixed = await gate.post({ ...PASSWORD_FORM, grant_type: 'foo' });
    expectCleanAnswer(answer, { status: 400, error: 'unsupported_grant_type' });
    expect(answer.body).toBe(fixed.body);
    expect(answer.headers.map(([name]) => name)).toEqual(fixed.headers.map(([name]) => name));
  });
});

describe('an empty value', () => {
  it.each(['grant_type', 'username', 'password'])('S-027 of %s counts as a missing parameter', async (name) => {
    const answer = await gate.post(withValues(name, ''));
    const { error_description: described } = expectCleanAnswer(answer, invalid);
    expect(described).toContain(name);
    expect((await gate.post(withValues(name))).body).toBe(answer.body);
    expect(passwordsChecked()).toBe(0);
  });

  it('S-027 of refresh_token counts as a missing parameter, and of scope as no scope', async () => {
    expectCleanAnswer(await gate.post('grant_type=refresh_token&refresh_token='), invalid);
    const { scope } = expectCleanAnswer(await gate.post(withValues('scope', '')), { status: 200 });
    expect(scope).toBe('default');
  });
});

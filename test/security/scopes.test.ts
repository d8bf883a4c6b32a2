import express from 'express';
import request from 'supertest';
import { scopegate } from 'scopegate';
import {
  aGate,
  closeAtEnd,
  gateOptions,
  JANE,
  JOHN,
  recordedLogger,
  type TestGate,
  type TokenBody,
  APPLICATION,
} from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { passwordForm } from '../support/tokens/forms';

/** John's password grant with a scope that is sent exactly as it is written here, including escapes. */
const askRaw = ({ app }: Pick<TestGate, 'app'>, rawScope: string) =>
  request(app)
    .post('/token')
    .auth(...APPLICATION)
    .type('form')
    .send(`${new URLSearchParams(passwordForm(JOHN)).toString()}&${rawScope}`);

const ask = (app: Pick<TestGate, 'app'>, scope: string) => askRaw(app, `scope=${encodeURIComponent(scope)}`);

/** The granted scope: `scope` of the response. */
const grantedTo = async (gate: TestGate, scope: string, user = JOHN): Promise<string> =>
  (await gate.signIn(user, scope)).scope;

/** A gate whose scopes are these; `GET /<position>` needs the scope of that position. */
const aGateFor = (scopes: readonly string[]) => {
  const { logger } = recordedLogger();
  const declared = Object.fromEntries(scopes.map((scope) => [scope, 'a scope']));
  const gate = closeAtEnd(scopegate<string>({ ...gateOptions(logger), scopes: declared }));
  const app = express();
  app.use(gate.routes());
  scopes.forEach((scope, position) => {
    app.get(`/${position}`, gate.requireScope(scope), (_request, response) => void response.json({ served: true }));
  });
  /** Positions of the resources that a token for this scope opens. */
  const openedBy = async (scope: string): Promise<readonly number[]> => {
    const { body } = await ask({ app }, scope).expect(200);
    const { access_token: token } = body as TokenBody;
    const statuses = await Promise.all(
      scopes.map((_scope, position) => request(app).get(`/${position}`).auth(token, { type: 'bearer' })),
    );
    return statuses.flatMap(({ status }, position) => (status === 200 ? [position] : []));
  };
  return { app, openedBy };
};

describe('the scope parameter', () => {
  it('S-105 accepts the bytes of scope names and single spaces between them, and refuses other bytes', async () => {
    const gate = aGate();
    const answers = await Promise.all(
      Array.from({ length: 256 }, async (_nothing, code) => {
        const { status, body } = await ask(gate, `read${String.fromCharCode(code)}update`);
        const { error, scope } = body as TokenBody;
        return { code, status, said: error ?? scope };
      }),
    );
    const isNameByte = (code: number): boolean => code >= 0x21 && code <= 0x7e && code !== 0x22 && code !== 0x5c;
    const expected = answers.map(({ code }) => {
      if (isNameByte(code)) return { code, status: 200, said: 'default' }; // one name, which is not declared
      return code === 0x20 ? { code, status: 200, said: 'read update' } : { code, status: 400, said: 'invalid_scope' };
    });
    expect(answers).toEqual(expected);
  });

  it('S-105 refuses bytes that are not UTF-8', async () => {
    const gate = aGate();
    for (const escape of ['%80', '%C0%AF', '%FF', '%ED%A0%80']) {
      expectCleanAnswer(await askRaw(gate, `scope=read${escape}`), { status: 400, error: 'invalid_request' });
    }
  });

  it.each([
    '\tread',
    'read\tupdate',
    'read\nupdate',
    'read\r\nupdate',
    'read\u00A0update',
    'read\u2003update',
    ' \t ',
    'read "update"',
  ])('S-106 refuses %j, in which names are not separated by spaces', async (scope) => {
    const answer = await ask(aGate(), scope);
    expectCleanAnswer(answer, { status: 400, error: 'invalid_scope' });
  });

  it.each([
    ['scope=read%20', 'read'],
    ['scope=%20read', 'read'],
    ['scope=read++update', 'read update'],
    ['scope=%20%20read%20%20update%20', 'read update'],
    ['scope=%20', 'default'],
  ])('S-106 ignores surplus spaces: %s', async (scope, granted) => {
    const { body } = await askRaw(aGate(), scope).expect(200);
    expect((body as TokenBody).scope).toBe(granted);
  });

  it('S-106 treats a comma as part of a name, never as a space', async () => {
    expect(await grantedTo(aGate(), 'read,update')).toBe('default');
  });

  it.each(['', '&scope=', '&scope=default'])('S-107 grants nothing and returns `default` for "%s"', async (scope) => {
    const gate = aGate();
    const { body } = await askRaw(gate, scope.slice(1)).expect(200);
    const { scope: granted, access_token: token } = body as TokenBody;
    expect(granted).toBe('default');
    await gate.get('/me', token).expect(200, /"scopes":\[\]/);
    await gate.get('/orders', token).expect(403);
  });

  it('S-107 cannot contain a declared scope called default, which is refused in the options', () => {
    expect(() => aGateFor(['read', 'default'])).toThrow(/scopes\.default.*reserved/);
  });

  it('S-110 grants a repeated scope once, in the order of the request', async () => {
    const gate = aGate();
    expect(await grantedTo(gate, 'read read read')).toBe('read');
    expect(await grantedTo(gate, 'update read update')).toBe('update read');
    expect(await grantedTo(gate, 'update read update')).toBe('update read');
  });

  it.each([
    ['a thousand names', Array.from({ length: 1_000 }, (_nothing, index) => `s${index}`).join(' ')],
    ['one name a thousand times', Array.from({ length: 1_000 }, () => 'read').join(' ')],
    ['one name of 8 KB', 'r'.repeat(8_192)],
  ])('S-111 refuses %s', async (_name, scope) => {
    const answer = await ask(aGate(), scope);
    expectCleanAnswer(answer, { status: 400, error: 'invalid_scope', without: ['s999', 'rrrr'] });
  });

  it.each([
    'scope=read&scope=read',
    'scope=read&scope=update',
    'scope=read&scope=',
    'scope[]=read',
    'scope[]=read&scope[]=update',
    'scope[0]=read',
    'scope[split]=read',
    'scope%5B%5D=read',
  ])('S-114 refuses %s', async (raw) => {
    expectCleanAnswer(await askRaw(aGate(), raw), { status: 400, error: 'invalid_request' });
  });

  it.each(['scope=read&scope=update', 'scope[]=read', 'scope[split]=read'])(
    'S-114 refuses %s if a parser of the host has turned it into a list or an object',
    async (raw) => {
      const { gate } = aGate();
      const app = express().use(express.urlencoded({ extended: true }), gate.routes());
      expectCleanAnswer(await askRaw({ app }, raw), { status: 400, error: 'invalid_request' });
    },
  );
});

describe('the granted scope', () => {
  it('S-108 omits undeclared scopes, and scopes that the client or the user may not have', async () => {
    const gate = aGate();
    expect(await grantedTo(gate, 'read nobody admin update')).toBe('read update');
    expect(await grantedTo(gate, 'read update', JANE)).toBe('read');
    expect(await grantedTo(gate, 'update nobody', JANE)).toBe('default');

    const { logger } = recordedLogger();
    const { applications = [] } = gateOptions(logger);
    const narrow = aGate({ applications: applications.map((application) => ({ ...application, scopes: ['read'] })) });
    const { scope, access_token: token } = await narrow.signIn(JOHN, 'read update');
    expect(scope).toBe('read');
    await narrow.put('/orders/1', token).expect(403);
    expect(narrow.served()).toBe(0);
  });

  it.each(['read nobody', 'read admin', 'nobody'])(
    'S-108 is refused for "%s" if dropping is disabled',
    async (scope) => {
      const gate = aGate({ ungrantedScopes: 'reject' });
      expectCleanAnswer(await ask(gate, scope), { status: 400, error: 'invalid_scope', without: ['nobody', 'admin'] });
      expect(await grantedTo(gate, 'read update')).toBe('read update');
    },
  );

  it.each([
    ['read', 'read'],
    ['read update', 'read update'],
    ['read update admin', 'read update'],
    ['admin', 'default'],
  ])('S-109 is returned when %s was requested', async (asked, granted) => {
    const gate = aGate();
    const { scope, access_token: token } = await gate.signIn(JOHN, asked);
    expect(scope).toBe(granted);
    const { body } = await gate.get('/me', token);
    expect(body).toMatchObject({ scopes: granted === 'default' ? [] : granted.split(' ') });
  });

  it('S-112 opens a resource only with its exact scope name, never a longer or differently written one', async () => {
    const names = ['read', 'readall', 'read:x', 'READ', 'xread', 'read.', 'Read', 're', 'ead'];
    const { openedBy } = aGateFor(names);
    expect(await openedBy(names.slice(1).join(' '))).toEqual(names.slice(1).map((_name, index) => index + 1));
    expect(await openedBy('read')).toEqual([0]);
  });

  it('S-113 may contain names that mean something to JavaScript or to a pattern, as plain text', async () => {
    const names = ['__proto__', 'constructor', '*', '.*', 'a|b', 'a', 'b', 'hasOwnProperty', '^', '$', '[a-z]'];
    const { openedBy } = aGateFor(names);
    const opened = await Promise.all(names.map(openedBy));
    expect(opened).toEqual(names.map((_name, position) => [position]));
  });

  it('S-113 never contains such a name if it was not declared', async () => {
    const scope = '__proto__ constructor * .* read|update toString hasOwnProperty valueOf';
    expect(await grantedTo(aGate(), scope)).toBe('default');
  });
});

import express, { type RequestHandler } from 'express';
import { JOHN } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { aServedGate, aSource, PASSWORD_FORM } from '../support/tokens/token-requests';
import { passwordForm } from '../support/tokens/forms';

const wrong = { status: 400, error: 'invalid_grant' } as const;
const malformed = { status: 400, error: 'invalid_request' } as const;

describe('a password grant with values that are not texts', () => {
  /** Results that a careless parser of the host could leave on the request. */
  const parsedAs =
    (body: unknown): RequestHandler =>
    (request, _response, next) => {
      request.resume().on('end', () => {
        Object.assign(request, { body });
        next();
      });
    };
  const things: readonly unknown[] = [1, true, null, ['x'], { $ne: 'x' }, { toString: 'x' }, new Date(0)];

  it.each(['username', 'password', 'scope', 'grant_type', 'client_id'])(
    'S-089 in %s never reaches the users function',
    async (name) => {
      const source = aSource();
      for (const thing of things) {
        const host = await aServedGate(
          { users: source.users },
          { inFront: [parsedAs({ ...PASSWORD_FORM, [name]: thing })] },
        );
        expectCleanAnswer(await host.post(PASSWORD_FORM), malformed);
      }
      expect(source.asked).toEqual([]);
    },
  );

  it('S-089 instead of the whole form is refused', async () => {
    const source = aSource();
    for (const body of [
      1,
      true,
      null,
      undefined,
      '',
      [],
      ['grant_type', 'password'],
      Buffer.alloc(0),
      () => PASSWORD_FORM,
    ]) {
      const host = await aServedGate({ users: source.users }, { inFront: [parsedAs(body)] });
      expectCleanAnswer(await host.post(PASSWORD_FORM), malformed);
    }
    expect(source.asked).toEqual([]);
  });

  it.each([
    ['a form parser', express.urlencoded({ extended: true }), 'username[$ne]=x'],
    ['a form parser', express.urlencoded({ extended: true }), 'password[]=x'],
    ['a form parser', express.urlencoded({ extended: false }), 'username=a&username=b'],
  ])(
    'S-089 created by %s of the host from a form never reaches the users function either',
    async (_name, parser, part) => {
      const source = aSource();
      const host = await aServedGate({ users: source.users }, { inFront: [parser] });
      const [name = ''] = part.split(/[[=]/);
      const rest = new URLSearchParams(PASSWORD_FORM);
      rest.delete(name);
      expectCleanAnswer(await host.post(`${rest.toString()}&${part}`), malformed);
      expect(source.asked).toEqual([]);
    },
  );

  it('S-089 is distinguished from texts that a parser of the host has read, which are accepted', async () => {
    const source = aSource();
    const host = await aServedGate({ users: source.users }, { inFront: [express.urlencoded({ extended: false })] });
    expectCleanAnswer(await host.post(PASSWORD_FORM), { status: 200 });
    expect(source.asked.map(([username, password]) => [username, password])).toEqual([['john@gmail.com', JOHN[1]]]);
  });
});

describe('an invalid user name or password', () => {
  const controls = Array.from({ length: 32 }, (_nothing, code) => String.fromCharCode(code));

  it.each([...controls, '\x7f'])('S-090 is refused as a whole, never truncated: %j', async (control) => {
    const source = aSource();
    const gate = await aServedGate({ users: source.users });
    for (const pair of [
      [`john${control}admin@johnsorg`, 'x'],
      [`${control}${JOHN[0]}`, JOHN[1]],
      [`${JOHN[0]}${control}`, JOHN[1]],
      [JOHN[0], `${JOHN[1]}${control}`],
    ] as const) {
      expectCleanAnswer(await gate.post(passwordForm(pair)), malformed);
    }
    expect(source.asked).toEqual([]);
  });

  it('S-094 is one of more than 1024 bytes, and all bytes up to that limit count', async () => {
    const gate = await aServedGate({ throttle: false });
    const { users } = gate.gate.directory;
    for (const [index, password] of [
      'p'.repeat(1_024),
      'p'.repeat(73),
      '\u{1F511}'.repeat(256),
      ' '.repeat(20),
    ].entries()) {
      const name = `user${index}`;
      await users.create({ username: name, organization: 'johnsorg', password });
      const post = (text: string) => gate.post(passwordForm([`${name}@johnsorg`, text]));
      expectCleanAnswer(await post(password), { status: 200 });
      expectCleanAnswer(await post(password.slice(0, -2) + 'x'), wrong);
    }
    expectCleanAnswer(await gate.post(passwordForm([JOHN[0], 'p'.repeat(1_025)])), malformed);
    expectCleanAnswer(await gate.post(passwordForm([JOHN[0], '\u{1F511}'.repeat(257)])), malformed);
    expectCleanAnswer(await gate.post(passwordForm([JOHN[0], 'p'.repeat(1_000_000)])), { status: 413 });
    expectCleanAnswer(await gate.post(passwordForm(['u'.repeat(513), 'x'])), malformed);
  });
});

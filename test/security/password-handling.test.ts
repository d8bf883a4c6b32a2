import { inspect } from 'node:util';
import express, { type RequestHandler } from 'express';
import type { PasswordOptions, ScopegateOptions } from 'scopegate';
import { aGate } from '../support/gate/gate';
import { formsOf } from '../support/expect/secrets';
import { thrownBy } from '../support/expect/thrown';
import { aServedGate, aSource, PASSWORD_FORM } from '../support/tokens/token-requests';
import { encodeForm } from '../support/tokens/forms';

describe('a password', () => {
  const MARK = 'Canary-7f3a9c';
  const form = { ...PASSWORD_FORM, password: MARK };

  const marksIn = (text: string): readonly string[] => formsOf(MARK).filter((written) => text.includes(written));

  /** All readable parts of a value, and of the bytes in it. */
  const readable = (value: unknown): string =>
    Buffer.isBuffer(value)
      ? value.toString('latin1')
      : inspect(value, { depth: 6, maxArrayLength: 1_000, showHidden: true });

  /** Everything that hangs on a request when it has been answered. */
  const afterwards = () => {
    const seen: string[] = [];
    const watch: RequestHandler = (incoming, response, next) => {
      response.on('finish', () => {
        seen.push(readable(incoming.body), readable(incoming), readable(response.locals));
      });
      next();
    };
    return { seen, watch };
  };

  const hosts: readonly (readonly [name: string, parsers: readonly RequestHandler[]])[] = [
    ['no parser', []],
    ['a simple parser', [express.urlencoded({ extended: false })]],
    ['an extended parser', [express.urlencoded({ extended: true })]],
    ['a text parser', [express.text({ type: '*/*' })]],
    ['a parser of bytes', [express.raw({ type: '*/*' })]],
  ];

  it.each(hosts)('S-103 is removed from the request after use, if the host has %s', async (_name, parsers) => {
    for (const verdict of [{ id: 'john' }, null]) {
      const { seen, watch } = afterwards();
      const source = aSource(() => verdict);
      const gate = await aServedGate({ users: source.users }, { inFront: [...parsers, watch] });
      const { body, headers } = await gate.post(form);
      expect(source.asked[0]?.[1]).toBe(MARK); // it was used
      expect(marksIn(`${body} ${JSON.stringify(headers)}`)).toEqual([]);
      expect(seen).not.toEqual([]);
      expect(marksIn(seen.join('\n'))).toEqual([]);
    }
  });

  it('S-103 is in no log line, whether the sign-in succeeds or fails', async () => {
    const outcomes = [
      () => ({ id: 'john' }),
      () => null,
      () => ({ id: 7 }),
      () => new Promise<never>(() => undefined),
      (username: string, password: string) => Promise.reject(new Error(`${username} ${password}`)),
      (_username: string, password: string) => Promise.reject(password),
    ] as const;
    for (const outcome of outcomes) {
      const users = outcome as Extract<ScopegateOptions['users'], (...question: never[]) => unknown>;
      const gate = await aServedGate({ users, usersDeadline: 20 });
      const { body } = await gate.post(form);
      expect(marksIn(`${body} ${inspect(gate.lines, { depth: 10 })}`)).toEqual([]);
    }
  });

  it('S-103 is not repeated in the refusal of an unreadable form', async () => {
    const gate = await aServedGate();
    for (const broken of [
      `${encodeForm(form)}&password=${MARK}`,
      `${encodeForm(form)}&x=%ZZ`,
      `password=${MARK}%`,
      `${MARK}=1&${MARK}=2`,
    ]) {
      const { body } = await gate.post(broken);
      expect(marksIn(`${body} ${JSON.stringify(gate.lines)}`)).toEqual([]);
    }
  });
});

describe('the password parameters', () => {
  const bad: readonly (readonly [keyof PasswordOptions, readonly unknown[]])[] = [
    ['memoryCost', [7, 0, -1, 1.5, Number.NaN, Infinity, '19456', 1_048_577, null]],
    ['timeCost', [0, -1, 17, 1.5, '2']],
    ['parallelism', [0, 17, '1']],
    ['concurrency', [0, 65, '1']],
    ['queue', [-1, 10_001]],
    ['queueDeadline', [0, 60_001]],
  ];

  it.each(bad)('S-104 with a %s out of bounds are a start error', (name, values) => {
    for (const value of values) {
      const thrown = thrownBy(() => aGate({ passwords: { [name]: value } }));
      expect([value, thrown]).toEqual([value, expect.objectContaining({ code: 'ERR_SCOPEGATE_OPTION' })]);
      expect((thrown as Error).message).toContain(`passwords.${name}`);
    }
  });

  it('S-104 that argon2 itself would refuse are a start error', () => {
    const thrown = thrownBy(() => aGate({ passwords: { memoryCost: 8, parallelism: 16 } }));
    expect(thrown).toMatchObject({ code: 'ERR_SCOPEGATE_OPTION' });
  });

  it.each(['$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$ZGlnZXN0ZGlnZXN0ZGlnZXN0', '$2b$12$abc', 'secret', ''])(
    'S-104 of a declared hash are checked as well: %s',
    (passwordHash) => {
      const user = { username: 'kim', organization: 'johnsorg', passwordHash };
      expect(thrownBy(() => aGate({ users: [user] }))).toMatchObject({ code: 'ERR_SCOPEGATE_OPTION' });
    },
  );
});

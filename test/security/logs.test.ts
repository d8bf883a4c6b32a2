import request from 'supertest';
import { processWarnings } from '../../src/events/logger';
import { aGate, type LogLine, type Pair, type TestGate, type TokenBody } from '../support/gate/gate';
import { aCanaryGate, canary, canaries, printed, type Canaries } from '../support/gate/canary-gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { refresh } from '../support/tokens/refreshing';
import { formsOf, capturedOutput, secretsIn } from '../support/expect/secrets';
import { passwordForm, refreshForm } from '../support/tokens/forms';

/** Everything that people do at a gate, right and wrong; answers every secret that was used or came out. */
const useEverything = async (gate: TestGate, { key, secret, user, password }: Canaries): Promise<readonly string[]> => {
  const client: Pair = [key, secret];
  const wrong = { secret: canary('wrong'), password: canary('wrong'), token: canary('wrong') };
  const first = await gate.signIn([user, password], 'read update', client);
  const { body } = await refresh(gate, first.refresh_token, undefined, client);
  const second = body as TokenBody;
  const signIn = { grant_type: 'password', username: user, password };

  await gate.token(signIn, [key, wrong.secret]).expect(401);
  await gate.token({ ...signIn, client_id: key, client_secret: wrong.secret }, null).expect(401);
  await gate.token({ ...signIn, password: wrong.password }, client).expect(400);
  await gate.token({ ...signIn, grant_type: wrong.token }, client).expect(400);
  await refresh(gate, wrong.token, undefined, client).expect(400);
  await gate.token(signIn, client).query({ password, client_secret: secret }).expect(400);
  await gate.token(signIn, client).send({ password }).set('Content-Type', 'application/json').expect(415);
  await gate.get('/me', second.access_token).expect(200);
  await gate.get('/admin', second.access_token).expect(403);
  await gate.get('/me', wrong.token).expect(401);
  await gate.get('/me', second.refresh_token).expect(401);
  await gate.get(`/me?access_token=${second.access_token}`).expect(401);
  await gate.get(`/me?access_token=${second.access_token}`, second.access_token).expect(400);
  await gate.get('/me').set('Cookie', `token=${second.access_token}`).expect(401);
  await gate.get('/me').auth(key, secret).expect(401);
  return [
    ...[secret, password, ...Object.values(wrong)],
    ...[first, second].flatMap((pair) => [pair.access_token, pair.refresh_token]),
    Buffer.from(client.join(':')).toString('base64'),
  ];
};

describe('the search for secrets', () => {
  it('finds a secret in every form, in every place', () => {
    const secret = 'pass word.x7/+z-_q';
    for (const form of formsOf(secret)) expect(secretsIn(`before ${form} behind`, [secret])).toEqual([secret]);
    for (const around of ['', 'a', 'ab', 'abc']) {
      const bytes = Buffer.from(`${around}${secret}${around}`);
      for (const encoding of ['base64', 'base64url'] as const) {
        expect(secretsIn(bytes.toString(encoding), [secret])).toEqual([secret]);
      }
    }
    expect(secretsIn('pass word.x7', [secret])).toEqual([]);
  });

  it('captures the output of a process', async () => {
    const output = await capturedOutput(async () => {
      console.log('to the console');
      process.stderr.write('to standard error');
      process.emitWarning('as a warning');
    });
    expect(output).toEqual(['to the console', 'to standard error', 'as a warning']);
  });
});

describe('the log', () => {
  it('S-170 S-171 contains no secret in any form, whatever users and clients do', async () => {
    const names = canaries();
    let secrets: readonly string[] = [];
    let lines: readonly LogLine[] = [];
    const output = await capturedOutput(async () => {
      const gate = aCanaryGate(names);
      secrets = await useEverything(gate, names);
      lines = gate.lines;
    });
    expect(secrets).toHaveLength(10);
    expect(secretsIn([printed(lines), ...output].join('\n'), secrets)).toEqual([]);
  });

  it('S-170 S-171 contains no secret if there is no logger and process warnings are used', async () => {
    const names = canaries();
    let secrets: readonly string[] = [];
    const output = await capturedOutput(async () => {
      const gate = aCanaryGate(names, { logger: processWarnings });
      secrets = await useEverything(gate, names);
    });
    expect(output.join()).toContain('Tokens are kept in the memory of this process');
    expect(secretsIn(output.join('\n'), secrets)).toEqual([]);
  });

  it.each([
    ['one line', (secret: string) => new Error(`no user for ${secret}`)],
    ['many lines', (secret: string) => new Error(`no user\n  for ${secret}\n    at ${secret} (users.js:1:1)`)],
    ['fields', (secret: string) => Object.assign(new Error('no'), { code: 'E_USERS', query: secret, sql: [secret] })],
    ['a cause', (secret: string) => new Error('no', { cause: new Error(secret) })],
    ['a text', (secret: string) => secret],
    ['an object', (secret: string) => ({ message: secret, code: secret })],
  ])('S-170 contains nothing of what the users function throws, as %s', async (_name, thrown) => {
    const names = canaries();
    let lines: readonly LogLine[] = [];
    const output = await capturedOutput(async () => {
      const users = (_user: string, password: string) => Promise.reject(thrown(password));
      const gate = aCanaryGate(names, { users });
      lines = gate.lines;
      const form = passwordForm([names.user, names.password]);
      const answer = await gate.token(form, [names.key, names.secret]);
      expectCleanAnswer(answer, { status: 503, error: 'temporarily_unavailable', without: formsOf(names.password) });
    });
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(secretsIn([printed(lines), ...output].join('\n'), [names.password, names.secret])).toEqual([]);
  });

  it('S-172 has one line for each event, whatever names and headers contain', async () => {
    const texts = ['a\r\nFAKE', 'a\u001B[2J', 'a\u2028b', 'a%0aFAKE', '","level":"error', 'a\u0000b'];
    const failing = (username: string) => {
      const error = new Error(username);
      error.name = username;
      return Promise.reject(Object.assign(error, { code: username }));
    };
    const output = await capturedOutput(async () => {
      const gate = aGate({ organizations: [], users: failing, logger: processWarnings });
      for (const text of texts) {
        const form = passwordForm([text, text]);
        await gate.token(form).set('User-Agent', encodeURIComponent(text));
        await gate.token({ ...form, client_id: text, client_secret: text }, null);
      }
    });
    const logged = output.filter((text) => text.includes('The users function failed'));
    expect(logged).toHaveLength(3); // the rest never came that far
    for (const text of logged) expect(text).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
  });

  it('S-174 does not grow with the number of refused requests', async () => {
    const gate = aGate();
    const before = gate.lines.length;
    for (let times = 0; times < 40; times += 1) {
      await gate.get('/me', `wrong-${times}`).expect(401);
      await gate.get('/me').expect(401);
      await gate.token({ grant_type: 'password' }).expect(400);
      await gate.token(refreshForm(`wrong-${times}`)).expect(400);
      await request(gate.app).post('/token').expect(400);
    }
    expect(gate.lines.length).toBe(before);
  });
});

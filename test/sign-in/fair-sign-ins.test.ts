import type * as argon2 from '@node-rs/argon2';
import type { GateEvent } from 'scopegate';
import { Passwords } from '../../src/directory/passwords';
import { aGate, APPLICATION, cheapPasswords, JANE, JOHN, type Pair } from '../support/gate/gate';
import { serve } from '../support/http/raw-http';
import { ANA, BEN, servePortal } from '../support/portal/served-portal';
import { PortalVisitor } from '../support/portal/visitor';
import { nextTurn, until } from '../support/time/waiting';
import { encodeForm, passwordForm } from '../support/tokens/forms';

/** Hashes that have begun, and end when the test ends them. */
const begun: { readonly password: string; readonly end: () => void }[] = [];
let isHeld = false;

jest.mock('@node-rs/argon2', () => {
  const actual: typeof argon2 = jest.requireActual('@node-rs/argon2');
  const hold = async (password: unknown): Promise<void> => {
    if (isHeld) await new Promise<void>((end) => begun.push({ password: String(password), end }));
  };
  return {
    ...actual,
    hash: async (...args: Parameters<typeof argon2.hash>) => {
      await hold(args[0]);
      return actual.hash(...args);
    },
    verify: async (...args: Parameters<typeof argon2.verify>) => {
      await hold(args[1]);
      return actual.verify(...args);
    },
  };
});

const verify = jest.spyOn(Passwords.prototype, 'verify');

/** Ends the hash that began first. @returns the password that was hashed */
const endOne = async (): Promise<string> => {
  await until(() => begun.length > 0);
  const { password, end } = begun.shift() ?? {};
  end?.();
  return password ?? '';
};

const endAll = (): void => {
  isHeld = false;
  for (const { end } of begun.splice(0)) end();
};

beforeEach(() => {
  verify.mockClear();
});

afterEach(endAll);

/** One hash after the other: the number of hashes that end is a measure of time. */
const ONE_AT_A_TIME = { ...cheapPasswords, concurrency: 1 };

/** Checks whether sign-ins with a password wait for their hashes, or hash. */
const isQueued = (password: string, times = 1): boolean =>
  verify.mock.calls.filter(([, given]) => given === password).length >= times;

/** The number of hashes that end, from the moment at which a sign-in waits, until its own has ended. */
const turnsUntilDone = async (signIn: () => Promise<number>, password: string) => {
  verify.mockClear();
  let answer: number | undefined;
  const answered = signIn().then((status) => (answer = status));
  await until(() => answer !== undefined || isQueued(password));
  await nextTurn();
  let turns = 1;
  while (answer === undefined && (await endOne()) !== password) turns += 1;
  return { turns, status: await answered };
};

/** Clients that send one request after the other, until they are stopped. */
const storm = (clients: number, send: () => Promise<number>) => {
  const statuses = new Map<number, number>();
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) {
      const status = await send();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const all = Array.from({ length: clients }, client);
  const stop = async (): Promise<void> => {
    isOver = true;
    endAll();
    await Promise.all(all);
  };
  return { statuses, stop };
};

const OTHER_APPLICATION: Pair = ['other', 'other-secret'];

/** Sends a sign-in with the password grant. */
const signInAt = async (url: string, user: Pair, client: Pair, headers: Readonly<Record<string, string>> = {}) => {
  const answer = await fetch(`${url}/token`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Authorization: `Basic ${Buffer.from(client.join(':')).toString('base64')}`,
      ...headers,
    },
    body: encodeForm(passwordForm(user)),
  });
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), text: await answer.text() };
};

const post = async (url: string, user: Pair, client: Pair): Promise<number> =>
  (await signInAt(url, user, client)).status;

const applications = [APPLICATION, OTHER_APPLICATION].map(([consumerKey, consumerSecret]) => ({
  name: consumerKey,
  consumerKey,
  consumerSecret,
}));

const CLIENTS = 130;
const SIGN_INS = 8;

/** The sign-ins of a user, one after the other, as statuses and hash turns. */
const repeated = async (signIn: () => Promise<number>, password: string) => {
  const results = [];
  for (let count = 0; count < SIGN_INS; count += 1) results.push(await turnsUntilDone(signIn, password));
  return {
    statuses: results.map(({ status }) => status),
    most: Math.max(...results.map(({ turns }) => turns)),
  };
};

describe('another user of the same network signs in within twice the quiet number of hash turns', () => {
  it('S-350 while 130 connections sign in to one account with its right password', async () => {
    const withOwner = applications.map((application) => ({ ...application, owner: JOHN[0] }));
    const { app } = aGate({ passwords: ONE_AT_A_TIME, applications: withOwner });
    const { url } = await serve(app);
    const signIn = () => post(url, JANE, OTHER_APPLICATION);
    expect([await signIn(), await post(url, JOHN, APPLICATION)]).toEqual([200, 200]);
    isHeld = true;
    const quiet = await repeated(signIn, JANE[1]);
    const raging = storm(CLIENTS, () => post(url, JOHN, APPLICATION));
    await until(() => (raging.statuses.get(503) ?? 0) > 0);
    const result = await repeated(signIn, JANE[1]).finally(raging.stop);
    expect(quiet).toEqual({ statuses: Array.from({ length: SIGN_INS }, () => 200), most: 1 });
    expect(result.statuses).toEqual(quiet.statuses);
    expect(result.most).toBeLessThanOrEqual(2 * quiet.most);
    expect(new Set(raging.statuses.keys())).toEqual(new Set([200, 503]));
  });

  it('S-350 while 130 connections sign up', async () => {
    const portal = await servePortal(
      {
        passwords: ONE_AT_A_TIME,
        organizations: [],
        users: [ANA, BEN].map((user) => ({ ...user })),
        applications,
        limits: { signUpsPerNetwork: false },
      },
      { portal: { signUp: true } },
    );
    const visitor = new PortalVisitor(portal);
    const form_token = await visitor.formToken('/sign-up', '/sign-up');
    let names = 0;
    const signUp = async (): Promise<number> => {
      const password = 'an invented password';
      const username = `stranger${(names += 1)}`;
      return (await visitor.post('/sign-up', { form_token, username, password, again: password })).status;
    };
    const signIn = () => post(portal.url, [ANA.username, ANA.password], OTHER_APPLICATION);
    expect([await signIn(), await signUp()]).toEqual([200, 303]);
    isHeld = true;
    const quiet = await repeated(signIn, ANA.password);
    const raging = storm(CLIENTS, signUp);
    await until(() => (raging.statuses.get(503) ?? 0) > 0);
    const result = await repeated(signIn, ANA.password).finally(raging.stop);
    expect(quiet).toEqual({ statuses: Array.from({ length: SIGN_INS }, () => 200), most: 1 });
    expect(result.statuses).toEqual(quiet.statuses);
    expect(result.most).toBeLessThanOrEqual(2 * quiet.most);
    expect(new Set(raging.statuses.keys())).toEqual(new Set([303, 503]));
  });
});

describe('an account that holds its share of the queue', () => {
  /** Sends sign-ins one by one: the first runs, the second waits, the third is over the share of its account. */
  const overItsShare = async (username: string, password: string) => {
    const { app, gate } = aGate({ passwords: { ...ONE_AT_A_TIME, queue: 15 } });
    const events: GateEvent<'limit'>[] = [];
    gate.on('limit', (event) => events.push(event));
    const { url } = await serve(app);
    const send = (address: string) => signInAt(url, [username, password], APPLICATION, { 'X-Forwarded-For': address });
    app.set('trust proxy', 1);
    await send('192.0.2.1'); // what is read once has been read
    isHeld = true;
    verify.mockClear();
    const admitted = [];
    for (const [index, address] of ['192.0.2.1', '192.0.2.2'].entries()) {
      admitted.push(send(address));
      await until(() => isQueued(password, index + 1));
      await nextTurn();
    }
    const refused = await send('192.0.2.3');
    endAll();
    const statuses = (await Promise.all(admitted)).map(({ status }) => status);
    return { statuses, refused, events: events.map(({ limit, network, clientId }) => ({ limit, network, clientId })) };
  };

  it('S-082 S-351 is refused in the same way, whether or not it exists, and a limit event is emitted', async () => {
    const known = await overItsShare(...JANE);
    const unknown = await overItsShare('stranger@johnsorg', 'any-password');
    expect(known.statuses).toEqual([200, 200]);
    expect(unknown.statuses).toEqual([400, 400]);
    expect(known.refused).toMatchObject({ status: 503, retryAfter: '1' });
    expect(unknown.refused).toEqual(known.refused);
    expect(unknown.events).toEqual(known.events);
    expect(known.events).toEqual([{ limit: 'passwordWorkPerAccount', network: '192.0.2.3', clientId: APPLICATION[0] }]);
  });
});

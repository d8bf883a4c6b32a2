import { connect } from 'node:net';
import express from 'express';
import { expectEndedWithinBound } from '../support/gate/cached-gate';
import { aClock } from '../support/time/clock';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, APPLICATION, type TestGate, type TokenBody } from '../support/gate/gate';
import { rawRequest, serve } from '../support/http/raw-http';
import { refresh, refreshed, refusedRefresh } from '../support/tokens/refreshing';

const clock = aClock();
const start = clock.now();
beforeEach(() => clock.set(start));

type Overrides = Parameters<typeof aGate>[0];

/** No token of these is live at this gate, nor at the others as soon as they must have received the announcement. */
const expectAllDead = async (
  [ending, ...others]: readonly [TestGate, ...TestGate[]],
  pairs: readonly TokenBody[],
): Promise<void> => {
  for (const pair of pairs) {
    await ending.get('/me', pair.access_token).expect(401);
    await expectEndedWithinBound(pair.access_token, ending, ...others);
    for (const gate of [ending, ...others]) await refusedRefresh(gate, pair.refresh_token);
  }
};

const bodyOf = (answer: { readonly body: unknown }): TokenBody => answer.body as TokenBody;

/** Sends a refresh token over a connection that dies before the answer is read, and returns what was sent over it. */
const loseAnswerOf = async (gate: TestGate, { refresh_token: token }: TokenBody): Promise<string> => {
  let sent = (_text: string): void => undefined;
  const answer = new Promise<string>((resolve) => {
    sent = resolve;
  });
  const watched = express();
  watched.use((_request, response, next) => {
    const end = response.end.bind(response) as (text: string) => typeof response;
    response.end = ((text: string) => {
      sent(text);
      return end(text);
    }) as typeof response.end;
    next();
  }, gate.app);
  const { port } = await serve(watched);
  const basic = Buffer.from(APPLICATION.join(':')).toString('base64');
  const lines = [
    'POST /token HTTP/1.1',
    'Host: x',
    `Authorization: Basic ${basic}`,
    'Content-Type: application/x-www-form-urlencoded',
  ];
  const socket = connect(port, '127.0.0.1').pause();
  socket.write(rawRequest(lines, `grant_type=refresh_token&refresh_token=${token}`));
  const text = await answer;
  socket.destroy();
  return text;
};

describe.each(everyStore)('a spent refresh token in %s', (_name, freshStore) => {
  const open = async (overrides: Overrides = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), clock: clock.now, ...overrides });

  it.each([0, 10])('S-126 ends its grant when it is used after %d s of grace', async (refreshGrace) => {
    const gate = await open({ tokens: { refreshGrace } });
    const bystander = await gate.signIn();
    const first = await gate.signIn();
    const second = await refreshed(gate, first);
    clock.advance(refreshGrace);
    await refusedRefresh(gate, first.refresh_token);
    await expectAllDead([gate], [first, second]);
    await gate.get('/me', bystander.access_token).expect(200);
    await refreshed(gate, bystander);
  });

  it('S-126 ends its grant however long ago it was spent', async () => {
    const gate = await open();
    const first = await gate.signIn();
    let last = first;
    for (let times = 0; times < 5; times += 1) last = await refreshed(gate, last);
    clock.advance(3_000);
    await refusedRefresh(gate, first.refresh_token);
    await expectAllDead([gate], [last]);
  });

  it('S-130 S-132 is answered with the identical pair inside the window, which repeats do not extend', async () => {
    const gate = await open({ tokens: { refreshGrace: 10 } });
    const first = await gate.signIn();
    const second = await refreshed(gate, first);
    for (const at of [0, 5, 9, 9.999]) {
      clock.set(start + at);
      expect(await refreshed(gate, first)).toEqual(second);
    }
    await gate.get('/me', second.access_token).expect(200);
    clock.set(start + 10);
    await refusedRefresh(gate, first.refresh_token);
    await expectAllDead([gate], [first, second]);
  });

  it('S-132 ends its grant inside the window if the successor has been used already', async () => {
    const gate = await open({ tokens: { refreshGrace: 10 } });
    const first = await gate.signIn();
    const second = await refreshed(gate, first);
    const third = await refreshed(gate, second);
    await refusedRefresh(gate, first.refresh_token);
    await expectAllDead([gate], [second, third]);
  });

  it('S-131 that was used too late stays refused when the clock is set back', async () => {
    const gate = await open({ tokens: { refreshGrace: 10 } });
    const first = await gate.signIn();
    const second = await refreshed(gate, first);
    clock.advance(10);
    await refusedRefresh(gate, first.refresh_token);
    clock.set(start + 1);
    await expectAllDead([gate], [first, second]);
  });

  it('S-130 is answered again for a client that lost its connection before the answer', async () => {
    const gate = await open({ tokens: { refreshGrace: 10 } });
    const first = await gate.signIn();
    const lost = await loseAnswerOf(gate, first);
    expect(JSON.parse(lost)).toHaveProperty('access_token');

    const second = await refreshed(gate, first);
    expect(second).toEqual(JSON.parse(lost));
    await gate.get('/me', second.access_token).expect(200);
    const third = await refreshed(gate, second);
    clock.advance(10);
    await refusedRefresh(gate, first.refresh_token);
    await expectAllDead([gate], [second, third]);
  });

  it('S-128 gives one chain and identical pairs to 50 concurrent requests, with a grace window', async () => {
    const gate = await open({ tokens: { refreshGrace: 10 } });
    const first = await gate.signIn();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(gate, first.refresh_token)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);

    const [second] = answers.map(bodyOf);
    if (second === undefined) throw new Error('nobody was answered');
    await gate.get('/me', second.access_token).expect(200);
    await refreshed(gate, await refreshed(gate, second));
  });

  it('S-128 ends the grant for 50 concurrent requests, without a grace window', async () => {
    const gate = await open({ tokens: { refreshGrace: 0 } });
    const first = await gate.signIn();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(gate, first.refresh_token)));
    const won = answers.filter(({ status }) => status === 200).map(bodyOf);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
    await expectAllDead([gate], [first, ...won]);
  });
});

describe('several gates on one Redis', () => {
  const openThree = async (overrides: Overrides): Promise<readonly [TestGate, TestGate, TestGate]> => {
    const options = { ...(await onRedis()), clock: clock.now, ...overrides };
    return [aGate(options), aGate(options), aGate(options)];
  };

  const refreshOverAll = (gates: readonly TestGate[], { refresh_token: token }: TokenBody) =>
    Promise.all(
      Array.from({ length: 17 }, () => gates)
        .flat()
        .slice(0, 50)
        .map((gate) => refresh(gate, token)),
    );

  it('S-128 give one chain and identical pairs to 50 concurrent requests, with a grace window', async () => {
    const gates = await openThree({ tokens: { refreshGrace: 10 } });
    const first = await gates[0].signIn();
    const answers = await refreshOverAll(gates, first);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);

    const [second] = answers.map(bodyOf);
    if (second === undefined) throw new Error('nobody was answered');
    for (const gate of gates) await gate.get('/me', second.access_token).expect(200);
    const third = await refreshed(gates[1], second);
    await refreshed(gates[2], third);
  });

  it('S-128 end the grant for 50 concurrent requests, without a grace window', async () => {
    const gates = await openThree({ tokens: { refreshGrace: 0 } });
    const first = await gates[0].signIn();
    const answers = await refreshOverAll(gates, first);
    const won = answers.filter(({ status }) => status === 200).map(bodyOf);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
    await expectAllDead(gates, [first, ...won]);
  });

  it('S-126 all refuse the whole grant as soon as one of them has detected a reuse', async () => {
    const gates = await openThree({ tokens: { refreshGrace: 0 } });
    const first = await gates[0].signIn();
    const second = await refreshed(gates[1], first);
    await gates[2].get('/me', second.access_token).expect(200);
    await refusedRefresh(gates[0], first.refresh_token);
    await expectAllDead(gates, [first, second]);
  });

  it('S-127 recognize a spent token and its window after all of them were restarted', async () => {
    const options = { ...(await onRedis()), clock: clock.now };
    const before = aGate(options);
    const first = await before.signIn();
    const second = await refreshed(before, first);
    await before.close();

    const after = aGate(options);
    clock.advance(9);
    expect(await refreshed(after, first)).toEqual(second);
    clock.advance(1);
    await refusedRefresh(after, first.refresh_token);
    await expectAllDead([after], [first, second]);
  });
});

import { aGate } from '../../support/gate/gate';
import { ownRedis, randomPrefix } from '../../support/redis/redis';
import { aRedis } from '../../support/redis/clients';
import { fits, openRedis, type OpenedRedis } from '../../support/redis/connection';
import { until, nextTurn } from '../../support/time/waiting';

/** Computes synchronously, so that neither timers nor sockets are served. */
const computeFor = (milliseconds: number): void => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

const untilItAnswers = (connection: OpenedRedis['connection']): Promise<void> =>
  until(() =>
    connection.ping().then(
      () => true,
      () => false,
    ),
  );

describe('a process that is blocked for longer than the deadline', () => {
  it('accepts the answer that Redis gave during that time', async () => {
    const { connection } = openRedis(fits(aRedis()), { deadline: 500 });
    await untilItAnswers(connection);
    const answer = connection.command('ping');
    await nextTurn(); // the command is sent
    computeFor(1_000);
    expect(await answer).toBe('PONG');
  });

  it('keeps a connection whose greeting arrived during that time', async () => {
    const { connection } = openRedis(fits(aRedis()), { deadline: 5_000 });
    let closed = 0;
    connection.client.on('close', () => (closed += 1));
    connection.client.on('connect', () => computeFor(1_200));
    await untilItAnswers(connection);
    expect(closed).toBe(0);
  });

  it('still gives up in time on a Redis that gave no answer', async () => {
    const own = await ownRedis();
    const { connection } = openRedis(fits(aRedis({}, own.url)), { deadline: 500 });
    await untilItAnswers(connection);
    own.pause();
    const answer = connection.command('ping');
    await nextTurn();
    computeFor(1_000);
    await expect(answer).rejects.toMatchObject({ reason: 'deadline' });
    own.resume();
  });

  it('keeps its listener for changes, and its cache', async () => {
    const gate = aGate({ redis: aRedis(), prefix: randomPrefix() });
    const { access_token: token } = await gate.signIn();
    await gate.get('/me', token).expect(200);
    computeFor(3_500);
    await gate.get('/me', token).expect(200);
    expect(gate.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

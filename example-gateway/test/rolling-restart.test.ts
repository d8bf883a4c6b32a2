import { PATIENT_DEADLINE_MS } from '../../test/support/gate/gate';
import { freePort } from '../../test/support/http/free-port';
import { randomPrefix, redisAddress } from '../../test/support/redis/redis';
import { until } from '../../test/support/time/waiting';
import { aBalancer, type Balancer } from './support/balancer';
import { aConfiguration, aFile, anApi } from './support/gateway';
import { buildGateway, runProcess, type GatewayProcess } from './support/gateway-process';
import { startLoad, type SteadyLoad } from './support/steady-load';

/** Far above the time in which the balancer notices that a gateway is not ready, also on a busy machine. */
const DELAY_MS = 3_000;

/** More rounds measure longer: GATEWAY_ROUNDS=10. */
const ROUNDS = Number(process.env['GATEWAY_ROUNDS'] ?? 1);

interface Member {
  readonly port: number;
  readonly file: string;
  /** Writes the file again with another value for a key. */
  write(realm: string): void;
  process: GatewayProcess;
}

const prefix = randomPrefix();

const configurationOf = (port: number, realm: string): string =>
  JSON.stringify(
    aConfiguration({
      listen: { host: '127.0.0.1', port },
      issuer: 'http://gateway.test',
      requireTls: false,
      redis: redisAddress(),
      prefix,
      deadline: PATIENT_DEADLINE_MS,
      realm,
      apis: { orders: anApi('demo:orders') },
      shutdown: { delay: DELAY_MS },
    }),
  );

const startMember = async (): Promise<Member> => {
  const port = await freePort();
  const name = `member-${port}.yaml`;
  const file = aFile(configurationOf(port, 'first'), name);
  const process = runProcess(['--config', file]);
  await process.ready;
  return { port, file, process, write: (realm) => void aFile(configurationOf(port, realm), name) };
};

describe('two gateways behind a balancer, under load', () => {
  let members: readonly Member[];
  let balancer: Balancer;
  let load: SteadyLoad;

  beforeAll(buildGateway, 120_000);
  beforeEach(async () => {
    members = [await startMember(), await startMember()];
    balancer = await aBalancer(members.map(({ port }) => port));
    await until(() => balancer.readyPorts().length === members.length);
    load = startLoad(balancer.url);
  }, 60_000);
  afterEach(() => balancer.close());

  /** Waits until both serve, and some more requests are answered. */
  const untilSettled = async (): Promise<void> => {
    await until(() => balancer.readyPorts().length === members.length);
    const before = load.answered();
    await until(() => load.answered() > before + 100);
  };

  const expectNoFailure = async (name: string): Promise<void> => {
    const result = await load.stop();
    if (ROUNDS > 1) process.stdout.write(`${name}: ${JSON.stringify({ ...result, rounds: ROUNDS })}\n`);
    expect(result).toMatchObject({ failed: 0, failures: [] });
    expect(result.guarded).toBeGreaterThan(100);
    expect(balancer.failures()).toBe(0);
  };

  it(
    'fail no request while they are restarted one after the other',
    async () => {
      await untilSettled();
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const member of members) {
          member.process.child.kill('SIGTERM');
          await until(() => balancer.readyPorts().length === 1);
          expect(await member.process.ended).toEqual({ code: 0, signal: null });
          member.process = runProcess(['--config', member.file]);
          await member.process.ready;
          await untilSettled();
        }
      }
      await expectNoFailure('rolling restart');
    },
    60_000 + ROUNDS * 60_000,
  );

  it(
    'fail no request while their files are reloaded',
    async () => {
      await untilSettled();
      for (let round = 0; round < 5 * ROUNDS; round += 1) {
        for (const member of members) {
          member.write(`realm-${round}`);
          member.process.child.kill('SIGHUP');
          await until(() => member.process.log().split('"msg":"Reloaded"').length === round + 2);
          await untilSettled();
        }
      }
      await expectNoFailure('reload');
    },
    60_000 + ROUNDS * 60_000,
  );
});

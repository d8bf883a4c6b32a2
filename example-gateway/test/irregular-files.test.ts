import { spawnSync } from 'node:child_process';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { until } from '../../test/support/time/waiting';
import { readConfiguration } from '../src/configuration/configuration';
import { aConfiguration, aFile, JOHN, refusalOf } from './support/gateway';
import { buildGateway, runProcess, urlIn } from './support/gateway-process';

const createPipe = (path: string): void => {
  rmSync(path, { force: true });
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
};

describe('a file that is not a regular one', () => {
  beforeAll(buildGateway, 120_000);

  it('is refused by a reload, if it is a pipe that nothing writes to, and requests are served', async () => {
    const file = aFile(JSON.stringify(aConfiguration()));
    const secret = aFile('another-password');
    const gateway = runProcess(['--config', file]);
    const url = urlIn(await gateway.ready);

    createPipe(secret);
    const users = [{ ...JOHN, organization: 'johnsorg', password: { file: secret } }];
    writeFileSync(file, JSON.stringify(aConfiguration({ users })));
    gateway.child.kill('SIGHUP');
    await until(() => gateway.log().includes('which is a pipe or a device'));

    createPipe(file);
    gateway.child.kill('SIGHUP');
    await until(() => gateway.log().includes(`${file}: is a pipe or a device; write its contents to a file`));
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  }, 60_000);

  it('is refused if it is a device', async () => {
    expect(await refusalOf(() => readConfiguration('/dev/null', {}))).toEqual([
      '/dev/null: is a pipe or a device; write its contents to a file',
    ]);
  });

  it('is refused if it is larger than 16 MiB', async () => {
    const file = aFile('realm: Orders\n');
    truncateSync(file, 16 * 1024 * 1024 + 1);
    expect(await refusalOf(() => readConfiguration(file, {}))).toEqual([`${file}: is larger than 16 MiB`]);
  });
});

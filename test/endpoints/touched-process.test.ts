import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { exchangeRaw } from '../support/http/raw-http';
import { basicHeader, FORM_TYPE } from '../support/tokens/token-requests';
import { touches } from '../support/http/touches';

const SUPPORT = join(__dirname, '..', 'support', 'http');

it('the process survives every touched request, and a logger and a listener that reject', async () => {
  const hook = join(__dirname, '../../scripts/load-typescript.cjs');
  const child = spawn(process.execPath, ['--require', hook, join(SUPPORT, 'touched-server.ts')]);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = once(child, 'close');
  try {
    const [printed] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer | number];
    const port = Number(String(printed));
    const post = async (path: string, touch: string) => {
      const body = 'grant_type=client_credentials&token=x';
      const lines = [`POST ${path} HTTP/1.1`, 'Host: a', FORM_TYPE, basicHeader('key:secret'), `X-Touch: ${touch}`];
      const request = `${lines.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      return (await exchangeRaw(port, request, { deadlineMs: 4_000 })).responses[0]?.status;
    };
    for (const [index, { how }] of touches.entries()) {
      for (const path of ['/token', '/revoke', '/introspect', '/store/sign-in']) {
        const status = await post(path, String(index));
        expect([how, path, status === undefined || status < 500]).toEqual([how, path, true]);
      }
    }
    expect([await post('/token', 'none'), child.exitCode, log]).toEqual([200, null, '']);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}, 60_000);

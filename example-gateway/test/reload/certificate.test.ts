import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { until } from '../../../test/support/time/waiting';
import { aFile } from '../support/gateway';
import { aReloadableGateway } from '../support/reloadable';

const folder = dirname(aFile('', 'certificates'));

/** Writes a certificate for a name, and its key, over those that are there. */
const writeCertificate = (name: string, days = '1'): void => {
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', days];
  const files = ['-keyout', join(folder, 'reload-key.pem'), '-out', join(folder, 'reload-cert.pem')];
  execFileSync('openssl', ['req', ...kind, ...files, '-subj', `/CN=${name}`], { stdio: 'ignore' });
};

const tls = { cert: './reload-cert.pem', key: './reload-key.pem' };
const listen = { host: '127.0.0.1', port: 0, tls };

/** A connection that stays open. */
class Client {
  readonly #socket: TLSSocket;
  #received = '';

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString();
    });
  }

  /** Sends a request on the connection, and returns the name in its certificate. */
  async request(): Promise<string> {
    const before = this.#received.split('HTTP/1.1 200').length;
    this.#socket.write('GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => this.#received.split('HTTP/1.1 200').length > before);
    return String(this.#socket.getPeerCertificate().subject.CN);
  }

  close(): void {
    this.#socket.destroy();
  }
}

describe('a reload of the certificate', () => {
  it('uses it for new connections, keeps open ones, and logs when it expires', async () => {
    writeCertificate('before');
    const gateway = await aReloadableGateway({ listen }, { redis: undefined });
    const open = new Client(gateway.port);
    expect(await open.request()).toBe('before');

    writeCertificate('after', '30');
    expect(await gateway.reload()).toMatchObject({ outcome: 'reloaded' });
    expect(gateway.lastReload()).toMatchObject({
      msg: 'Reloaded',
      changed: [expect.stringMatching(/^listen\.tls: certificate changed: expires \d{4}-\d\d-\d\dT[\d:.]+Z$/)],
    });
    const next = new Client(gateway.port);
    expect(await next.request()).toBe('after');
    expect(await open.request()).toBe('before');
    for (const client of [open, next]) client.close();
  });

  it('keeps the previous one if the key does not belong to the new one', async () => {
    writeCertificate('before');
    const gateway = await aReloadableGateway({ listen }, { redis: undefined });
    writeFileSync(join(folder, 'reload-key.pem'), 'not a key');
    expect(await gateway.reload()).toMatchObject({
      outcome: 'refused',
      messages: [expect.stringMatching(/:\d+:\d+: listen\.tls: names files that are not a PEM certificate/)],
    });
    const client = new Client(gateway.port);
    expect(await client.request()).toBe('before');
    client.close();
  });

  it('is refused if TLS is removed, because that needs a restart', async () => {
    writeCertificate('before');
    const gateway = await aReloadableGateway({ listen }, { redis: undefined });
    gateway.write({ listen: { host: '127.0.0.1', port: 0 } });
    expect(await gateway.reload()).toMatchObject({
      outcome: 'refused',
      messages: [expect.stringContaining('listen.tls: needs a restart')],
    });
  });
});

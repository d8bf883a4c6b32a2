import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { until } from '../../../test/support/time/waiting';
import { endAfterLastBytes, endInTime } from '../../src/websocket/last-bytes';

const PATIENCE = 100;

describe('a connection that is ended after its last bytes', () => {
  const sockets: Socket[] = [];

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** @returns this side and that of the peer, which stays open when this side ends */
  const connection = async (): Promise<readonly [Socket, Socket]> => {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const peer = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
    const [socket] = (await once(server, 'connection')) as [Socket];
    server.close();
    sockets.push(socket, peer);
    for (const one of [socket, peer]) one.on('error', () => undefined);
    return [socket, peer];
  };

  it.each([
    ['everything is taken', endAfterLastBytes],
    ['it is ended', endInTime],
  ])('is destroyed some time after %s, even if the peer continues to send', async (_when, end) => {
    const [socket, peer] = await connection();
    peer.resume();
    const flood = setInterval(() => peer.write(Buffer.alloc(1_000)), 5);
    socket.write('last');
    end(socket, PATIENCE);
    await until(() => socket.destroyed);
    clearInterval(flood);
    expect(socket.bytesRead).toBeGreaterThan(0);
  });

  it('is destroyed if the peer takes nothing', async () => {
    const [socket, peer] = await connection();
    peer.pause();
    socket.write(Buffer.alloc(16 * 1024 * 1024));
    endAfterLastBytes(socket, PATIENCE);
    await until(() => socket.destroyed);
    expect(socket.writableFinished).toBe(false);
  });

  it('stays open while the peer takes some, and closes with it', async () => {
    const [socket, peer] = await connection();
    const patience = 5 * PATIENCE; // the system takes megabytes in one step
    const size = 96;
    for (let part = 0; part < size; part += 1) socket.write(Buffer.alloc(128 * 1024));
    const began = performance.now();
    let length = 0;
    peer.on('data', (chunk: Buffer) => {
      length += chunk.length;
      peer.pause();
      setTimeout(() => peer.resume(), 5);
    });
    endAfterLastBytes(socket, patience);
    await once(peer, 'end');
    peer.end();
    await until(() => socket.destroyed);
    expect(length).toBe(size * 128 * 1024);
    expect(performance.now() - began).toBeGreaterThan(patience);
  });
});

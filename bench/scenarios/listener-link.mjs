// A TCP proxy to Redis that can break the connection of a gate's listener and no other.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * `cut` closes connections that have subscribed; `refuse` also closes those that subscribe from then on; `silence`
 * keeps them open but drops whatever Redis sends on them; `heal` lets new connections subscribe again.
 */
export const listenerLink = async (redisSocket) => {
  const connections = new Set();
  let mode = 'open';

  const listener = createServer((client) => {
    const connection = { client, server: connect(redisSocket), listens: false, isSilenced: false };
    const { server } = connection;
    const end = () => {
      connections.delete(connection);
      client.destroy();
      server.destroy();
    };
    connections.add(connection);
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', end).on('close', end);
    client.on('data', (bytes) => {
      connection.listens ||= bytes.includes('subscribe');
      if (connection.listens && mode === 'refuse') end();
      else server.write(bytes);
    });
    server.on('data', (bytes) => {
      // A silenced connection stays silent: otherwise a gate would take the late messages for all that were published.
      connection.isSilenced ||= connection.listens && mode === 'silence';
      if (!connection.isSilenced) client.write(bytes);
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  const endListeners = () => {
    for (const { client, listens } of connections) if (listens) client.destroy();
  };

  return {
    port: listener.address().port,
    cut: endListeners,
    refuse: () => {
      mode = 'refuse';
      endListeners();
    },
    silence: () => {
      mode = 'silence';
    },
    heal: () => {
      mode = 'open';
    },
    close: () => {
      listener.close();
      for (const { client } of connections) client.destroy();
    },
  };
};

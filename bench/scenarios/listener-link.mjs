// A way to Redis on which a gate's listener, and nothing else, can lose its connection.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * `cut` closes connections that have subscribed; `refuse` does so from now on as well; `silence` keeps them open, and
 * whatever Redis sends on them gets no further; `heal` lets new connections listen again.
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
      // What has been silent stays so: a gate must not take what comes late for all that there was.
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

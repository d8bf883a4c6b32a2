import type { Server } from 'node:http';
import { authorityOf, type Address } from './configuration/address';
import { StartError } from './configuration/fault';
import { errorCode } from './error-code';

/** Milliseconds between two times at which a server that drains closes idle connections. */
const BETWEEN_SWEEPS = 50;

const whenListening = (server: Server, { host, port }: Address): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/**
 * Resolves with `host:port`, as written in a URL, once the server listens.
 *
 * @throws StartError if it cannot listen; `cure` is the advice for a port that is in use
 */
export const listen = async (server: Server, address: Address, cure: string): Promise<string> => {
  const { host, port } = address;
  try {
    return authorityOf({ host, port: await whenListening(server, address) });
  } catch (error) {
    const code = errorCode(error);
    const why = code === 'EADDRINUSE' ? `the port is in use; ${cure}` : code;
    throw new StartError([`cannot listen on ${host}:${port}: ${why}`], 'gateway-address');
  }
};

/**
 * Accepts no more connections and waits for the requests in flight; cuts them off after `deadline` milliseconds.
 *
 * @param onCut called then, for connections that the HTTP server has released
 */
export const drain = (server: Server, deadline: number, onCut?: () => void): Promise<void> =>
  new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), BETWEEN_SWEEPS);
    const cut = setTimeout(() => {
      server.closeAllConnections();
      onCut?.();
    }, deadline);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      resolve();
    });
  });

import type { ImportedGateway } from '../imported-gateway';
import type { ImportReport } from '../report';
import type { SourceNode } from '../source-node';
import { hasReference, withReferences } from './environment';

const DEFAULT_PORT = 8080;

const readPort = (node: SourceNode, report: ImportReport): number | string | undefined => {
  const text = node.text();
  if (text === undefined) return undefined;
  if (hasReference(text)) return withReferences(text, report, 'The port to listen on', '8080');
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : node.fault('must be a port from 0 to 65535');
};

/** Reads `http` and `https`. The gateway has one listener. */
export const readListen = (gateway: SourceNode, report: ImportReport): ImportedGateway['listen'] => {
  const [http, https] = [gateway.get('http').map(), gateway.get('https').map()];
  const port = readPort(http.get('port'), report) ?? readPort(https.get('port'), report) ?? DEFAULT_PORT;
  const holder = http.isPresent ? http : https;
  if (holder.isPresent) {
    report.take(holder, 'listen.port');
    const instead = 'Set listen.host to 0.0.0.0, and issuer to the address at which clients reach the gateway';
    report.gap(holder, 'Express Gateway listens on all addresses; the imported file on 127.0.0.1', instead);
  }
  if (https.isPresent) {
    const instead = 'Set listen.tls to { cert, key }, or end TLS at the load balancer and set trustProxy';
    report.gap(https, 'Certificates were not taken over: there is one, for one listener', instead);
    https.ignore('port', 'tls', 'options', 'hostname');
  }
  http.ignore('hostname');
  const admin = gateway.get('admin');
  if (admin.isPresent)
    report.gap(
      admin,
      'There is no HTTP API for management',
      'Use the command scopegate, or gate.directory in your own app',
    );
  return { host: '127.0.0.1', port };
};

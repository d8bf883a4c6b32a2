import type { Request } from 'express';

/** A name or an address with an optional port (RFC 9110 §7.2). */
const AUTHORITY = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

export const isAuthority = (text: string): boolean => AUTHORITY.test(text);

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?=:|$)/;

/** The hosts under which clients reach the gateway. */
export class PublicHosts {
  readonly #issuerHost: string;
  readonly #own: ReadonlyMap<string, string>;

  /** @param url the address that the gateway listens on */
  constructor(issuer: string, url: string) {
    const { host, protocol } = new URL(issuer);
    const listening = new URL(url).host;
    const loopback = ['localhost', '127.0.0.1', '[::1]'].map((name) => listening.replace(LOOPBACK, name));
    const standardPort = protocol === 'https:' ? '443' : '80';
    this.#issuerHost = host;
    this.#own = new Map([
      ...[listening, ...loopback].map((own) => [own, own] as const),
      [host, host],
      [`${host}:${standardPort}`, host],
    ]);
  }

  /**
   * Returns the host to send to upstreams: the one that a trusted proxy names, else the client's `Host` if it is one of
   * the gateway's own, else the issuer's. A client cannot make an upstream write links to a host of its choice.
   */
  of(request: Request): string {
    const host = request.host ?? '';
    if (isTrustedPeer(request)) return isAuthority(host) ? host : this.#issuerHost;
    return this.#own.get(host.toLowerCase()) ?? this.#issuerHost;
  }
}

/** Express's compiled "trust proxy". */
type Trust = (address: string | undefined, hop: number) => boolean;

/** Checks whether "trust proxy" covers the peer of the connection. */
const isTrustedPeer = ({ app, socket }: Request): boolean => {
  const trusts = app.get('trust proxy fn') as Trust | undefined;
  return trusts?.(socket.remoteAddress, 0) === true;
};

/** An address from a trusted proxy; `unknown` if the text cannot be an address. */
const addressOf = (text: string): string => (/^[0-9A-Za-z_.:[\]-]{1,64}$/.test(text) ? text : 'unknown');

/** Formats an address as a node of `Forwarded` (RFC 7239 §6). */
const nodeOf = (address: string): string => {
  if (!address.includes(':')) return address;
  return `"${/^[^[]*:[^[]*:/.test(address) ? `[${address}]` : address}"`;
};

/**
 * Returns the forwarding headers for an upstream. The addresses are those that trusted proxies report, client first,
 * then the peer of the connection. `context` is the public prefix.
 */
export const forwardingHeaders = (
  request: Request,
  hosts: PublicHosts,
  context: string,
): Readonly<Record<string, string>> => {
  const addresses = [...request.ips, request.socket.remoteAddress ?? 'unknown'].map(addressOf);
  const protocol = request.secure ? 'https' : 'http';
  const host = hosts.of(request);
  const [client = 'unknown', ...proxies] = addresses.map(nodeOf);
  const elements = [`for=${client};proto=${protocol};host="${host}"`, ...proxies.map((proxy) => `for=${proxy}`)];
  return {
    forwarded: elements.join(', '),
    'x-forwarded-for': addresses.join(', '),
    'x-forwarded-proto': protocol,
    'x-forwarded-host': host,
    'x-forwarded-prefix': context,
    via: [request.headers.via, `${request.httpVersion} example-gateway`].filter(Boolean).join(', '),
  };
};

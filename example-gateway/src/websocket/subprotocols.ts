import { elementsOf } from './handshake-request';

/** The subprotocol that announces a token: the element after it is the token. */
const BEARER = 'bearer';

/** The subprotocols that a client offers. */
export interface Subprotocols {
  /** Those for the upstream: without `bearer` and the token. */
  readonly others: readonly string[];
  /** True if `bearer` is among them. */
  readonly hasBearer: boolean;
}

/** Separates the token from the subprotocols in `Sec-WebSocket-Protocol`, in any letter case of `bearer`. */
export const subprotocolsIn = (header: string | undefined): Subprotocols => {
  const elements = elementsOf(header);
  const isBearer = (index: number): boolean => elements[index]?.toLowerCase() === BEARER;
  return {
    others: elements.filter((_, index) => !isBearer(index) && !isBearer(index - 1)),
    hasBearer: elements.includes(BEARER),
  };
};

/**
 * Returns the subprotocol of the response: the one that the upstream has selected, else `bearer` if the client offered
 * it, because clients fail if none of those that they offered is selected.
 */
export const selectedFor = ({ hasBearer }: Subprotocols, byUpstream: string | undefined): string | undefined =>
  byUpstream ?? (hasBearer ? BEARER : undefined);

import type { Auth } from 'scopegate';
import { clientNetwork } from '../client-network';

/** Returns the client for which WebSockets are counted: that of the token, else the network of the address. */
export const clientKeyOf = (auth: Auth | undefined, address: string | undefined): string =>
  auth === undefined ? `address ${clientNetwork(address ?? '')}` : `client ${auth.clientId}`;

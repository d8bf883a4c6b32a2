/** The user of `gateway.yaml`. */
export const USER = { username: 'john@gmail.com@johnsorg', password: 'johns-password' };

/** An application with a secret, which may also act for itself. */
export const SERVICE = { id: 'orders-service', secret: 'secret-of-the-orders-service' };

/** A public application. */
export const WEB = { id: 'orders-web' };

/** An application that uses the MCP server for itself. */
export const TOOLS_SERVICE = { id: 'tools-service', secret: 'secret-of-the-tools-service' };

/** A public application that uses the MCP server for a user. */
export const AGENT = { id: 'agent' };

/** The registered address with a port, which a client on a loopback host chooses when it starts (RFC 8252 §7.3). */
export const REDIRECT_URI = 'http://127.0.0.1:51723/callback';

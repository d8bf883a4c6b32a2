/** Encodes one half of Basic credentials (RFC 6749 §2.3.1, appendix B). */
const encode = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');

/** Returns the header with which a client authenticates at the token endpoint. */
export const basicHeader = (clientId: string, clientSecret: string): string =>
  `Authorization: Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;

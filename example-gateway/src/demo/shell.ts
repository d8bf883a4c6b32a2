/** Form-encodes a value so that it is also safe between single quotes in a shell. */
export const encode = (value: string): string =>
  encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const isLoopback = (url: string): boolean => /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

/** A gateway that the printed commands call. */
export interface CalledGateway {
  readonly url: string;
  /** True if the gateway's certificate is self-signed. */
  readonly isSelfSigned: boolean;
}

/** Skips the check of a self-signed certificate on the loopback only: nothing can intercept a connection there. */
export const curlFor = ({ url, isSelfSigned }: CalledGateway): string =>
  isSelfSigned && isLoopback(url) ? 'curl -k -s' : 'curl -s';

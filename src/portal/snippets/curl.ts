import { isSelfSigned, type ApiRequest, type CodeWriter, type Field, type TokenRequest } from './request';

/** Quotes a text for a shell, in single quotes. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const option = ([name, value]: Field): string => {
  if (typeof value !== 'string') return `--data-urlencode "${name}=$${value.variable}"`;
  if (/^[\w.~-]+$/.test(value)) return `-d ${name}=${value}`;
  // What is left of the first equals sign is sent as it is.
  return `--data-urlencode ${name}=${shellQuoted(value)}`;
};

const command = (url: string, options: readonly string[]): string =>
  [`curl${isSelfSigned(url) ? ' -k' : ''}`, ...options, shellQuoted(url)].join(' \\\n  ');

const token = ({ url, isBasic, fields }: TokenRequest): string =>
  command(url, [...(isBasic ? ['-u "$CONSUMER_KEY:$CONSUMER_SECRET"'] : []), ...fields.map(option)]);

const call = ({ method, url }: ApiRequest): string => {
  const methods: Readonly<Record<string, readonly string[]>> = { GET: [], HEAD: ['--head'] };
  return command(url, [...(methods[method] ?? [`-X ${method}`]), '-H "Authorization: Bearer $TOKEN"']);
};

/** Removes what base64url does not have. */
const BASE64URL = "tr '+/' '-_' | tr -d '=\\n'";

/** Commands of a POSIX shell. */
export const curlWriter: CodeWriter = {
  token,
  call,
  code: ({ authorizationUrl, exchange }, { openAddress, pasteCode }) =>
    [
      `CODE_VERIFIER=$(openssl rand -base64 48 | ${BASE64URL})`,
      `CODE_CHALLENGE=$(printf %s "$CODE_VERIFIER" | openssl dgst -sha256 -binary | openssl base64 | ${BASE64URL})`,
      'STATE=$(openssl rand -hex 16)',
      `echo ${shellQuoted(openAddress)}`,
      `echo ${shellQuoted(`${authorizationUrl}&code_challenge=`)}"$CODE_CHALLENGE&state=$STATE"`,
      `echo ${shellQuoted(pasteCode)}`,
      'read -r CODE',
      token(exchange),
    ].join('\n'),
};

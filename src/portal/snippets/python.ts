import { scriptQuoted } from './javascript';
import { isSelfSigned, type ApiRequest, type CodeWriter, type TokenRequest, type Value } from './request';

/** Variables that the script itself has. All others are of the environment. */
const OWN_VARIABLES: Readonly<Record<string, string>> = { CODE: 'code', CODE_VERIFIER: 'code_verifier' };

const printed = (value: Value): string => {
  if (typeof value === 'string') return scriptQuoted(value);
  return OWN_VARIABLES[value.variable] ?? `os.environ["${value.variable}"]`;
};

const verification = (url: string): readonly string[] => (isSelfSigned(url) ? ['    verify=False,'] : []);

const BASIC = '    auth=(os.environ["CONSUMER_KEY"], os.environ["CONSUMER_SECRET"]),';

const post = ({ url, isBasic, fields }: TokenRequest): readonly string[] => [
  'response = requests.post(',
  `    ${scriptQuoted(url)},`,
  ...(isBasic ? [BASIC] : []),
  '    data={',
  ...fields.map(([name, value]) => `        ${scriptQuoted(name)}: ${printed(value)},`),
  '    },',
  ...verification(url),
  ')',
  'print(response.json())',
];

const call = ({ method, url }: ApiRequest): string =>
  [
    'import os',
    '',
    'import requests',
    '',
    'response = requests.request(',
    `    ${scriptQuoted(method)},`,
    `    ${scriptQuoted(url)},`,
    '    headers={"Authorization": f"Bearer {os.environ[\'TOKEN\']}"},',
    ...verification(url),
    ')',
    'print(response.status_code, response.text)',
  ].join('\n');

/** A script of Python 3 with the package `requests`. */
export const pythonWriter: CodeWriter = {
  token: (request) => ['import os', '', 'import requests', '', ...post(request)].join('\n'),
  call,
  code: ({ authorizationUrl, exchange }, { openAddress, pasteCode }) =>
    [
      'import base64',
      'import hashlib',
      'import os',
      'import secrets',
      '',
      'import requests',
      '',
      'code_verifier = secrets.token_urlsafe(48)',
      'digest = hashlib.sha256(code_verifier.encode()).digest()',
      'code_challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()',
      'state = secrets.token_hex(16)',
      `print(${scriptQuoted(openAddress)})`,
      `print(${scriptQuoted(`${authorizationUrl}&code_challenge=`)} + code_challenge + "&state=" + state)`,
      `code = input(${scriptQuoted(`${pasteCode} `)})`,
      ...post(exchange),
    ].join('\n'),
};

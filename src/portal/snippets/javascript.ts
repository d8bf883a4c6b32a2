import {
  isSelfSigned,
  type ApiRequest,
  type CodeTexts,
  type CodeWriter,
  type TokenRequest,
  type Value,
} from './request';

/** Quotes a text for JavaScript and Python, which have the escapes of JSON in common. */
export const scriptQuoted = (text: string): string => JSON.stringify(text);

/** Variables that the script itself has. All others are of the environment. */
const OWN_VARIABLES: Readonly<Record<string, string>> = { CODE: 'code', CODE_VERIFIER: 'codeVerifier' };

const printed = (value: Value): string => {
  if (typeof value === 'string') return scriptQuoted(value);
  return OWN_VARIABLES[value.variable] ?? `process.env.${value.variable}`;
};

const remark = (url: string, { selfSigned }: CodeTexts): readonly string[] =>
  isSelfSigned(url) ? [`// ${selfSigned}`] : [];

const BASIC = 'Basic ${btoa(`${process.env.CONSUMER_KEY}:${process.env.CONSUMER_SECRET}`)}';

const token = ({ url, isBasic, fields }: TokenRequest, texts: CodeTexts): string =>
  [
    ...remark(url, texts),
    `const response = await fetch(${scriptQuoted(url)}, {`,
    '  method: "POST",',
    ...(isBasic ? [`  headers: { Authorization: \`${BASIC}\` },`] : []),
    '  body: new URLSearchParams({',
    ...fields.map(([name, value]) => `    ${name}: ${printed(value)},`),
    '  }),',
    '});',
    'console.log(await response.json());',
  ].join('\n');

const call = ({ method, url }: ApiRequest, texts: CodeTexts): string =>
  [
    ...remark(url, texts),
    `const response = await fetch(${scriptQuoted(url)}, {`,
    ...(method === 'GET' ? [] : [`  method: ${scriptQuoted(method)},`]),
    '  headers: { Authorization: `Bearer ${process.env.TOKEN}` },',
    '});',
    'console.log(response.status, await response.text());',
  ].join('\n');

/** A module of Node.js, with its own `fetch`. */
export const javaScriptWriter: CodeWriter = {
  token,
  call,
  code: ({ authorizationUrl, exchange }, texts) =>
    [
      'import { createHash, randomBytes } from "node:crypto";',
      'import { createInterface } from "node:readline/promises";',
      '',
      'const codeVerifier = randomBytes(48).toString("base64url");',
      'const codeChallenge = createHash("sha256").update(codeVerifier).digest("base64url");',
      'const state = randomBytes(16).toString("hex");',
      `console.log(${scriptQuoted(texts.openAddress)});`,
      `console.log(${scriptQuoted(`${authorizationUrl}&code_challenge=`)} + codeChallenge + "&state=" + state);`,
      'const terminal = createInterface({ input: process.stdin, output: process.stdout });',
      `const code = await terminal.question(${scriptQuoted(`${texts.pasteCode} `)});`,
      'terminal.close();',
      token(exchange, texts),
    ].join('\n'),
};

// A composed request as code. The token is read from the environment, so that no copied code contains it.

/** Quotes a text for a shell. */
const shellQuoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Quotes a text for JavaScript and for Python, which have the escapes of JSON in common. */
const quoted = (text) => JSON.stringify(text);

/** Checks whether no public authority can have issued the certificate: https on a loopback address. */
const isSelfSigned = (address) => {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' && /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost)$/.test(hostname);
};

const curlCode = ({ method, address, headers, body, hasToken }) => {
  const options = [
    ...(isSelfSigned(address) ? ['-k'] : []),
    ...(method === 'HEAD' ? ['--head'] : method === 'GET' && body === undefined ? [] : ['-X', method]),
  ];
  const lines = [
    ['curl', ...options, shellQuoted(address)].join(' '),
    ...(hasToken ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    // Without a semicolon curl would leave out a header that has no value.
    ...headers.map(([name, value]) => `-H ${shellQuoted(value === '' ? `${name};` : `${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-raw ${shellQuoted(body)}`]),
  ];
  return lines.join(' \\\n  ');
};

/** A header as a member of an object. */
const member = ([name, value]) => `    ${quoted(name)}: ${quoted(value)},\n`;

const fetchCode = ({ method, address, headers, body, hasToken }, { selfSigned }) => {
  const token = hasToken ? '    Authorization: `Bearer ${process.env.TOKEN}`,\n' : '';
  const all = token + headers.map(member).join('');
  return [
    ...(isSelfSigned(address) ? [`// ${selfSigned}`] : []),
    `const response = await fetch(${quoted(address)}, {`,
    ...(method === 'GET' ? [] : [`  method: ${quoted(method)},`]),
    ...(all === '' ? [] : [`  headers: {\n${all}  },`]),
    ...(body === undefined ? [] : [`  body: ${quoted(body)},`]),
    '});',
    'console.log(response.status, await response.text());',
  ].join('\n');
};

const pythonCode = ({ method, address, headers, body, hasToken }) => {
  const token = hasToken ? `        "Authorization": f"Bearer {os.environ['TOKEN']}",\n` : '';
  const all = token + headers.map(([name, value]) => `        ${quoted(name)}: ${quoted(value)},\n`).join('');
  return [
    ...(hasToken ? ['import os', ''] : []),
    'import requests',
    '',
    'response = requests.request(',
    `    ${quoted(method)},`,
    `    ${quoted(address)},`,
    ...(all === '' ? [] : [`    headers={\n${all}    },`]),
    ...(body === undefined ? [] : [`    data=${quoted(body)}.encode(),`]),
    ...(isSelfSigned(address) ? ['    verify=False,'] : []),
    ')',
    'print(response.status_code, response.text)',
  ].join('\n');
};

const CODE = { curl: curlCode, fetch: fetchCode, python: pythonCode };

/** Returns the code of a request in a language of `CODE`. */
const codeOf = (language, request, texts) => CODE[language](request, texts);

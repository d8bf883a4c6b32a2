import fc from 'fast-check';
import { anyText, wellFormedText } from '../support/properties/any-text';
import { JANE, JOHN, APPLICATION } from '../support/gate/gate';

// Each text here is its latin-1 bytes. `{access}` and `{refresh}` are placeholders for the current live tokens.

export const byte = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).map((code) => String.fromCharCode(code));

/** Any bytes. */
export const anyBytes = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit: byte(0, 0xff), maxLength });

const tab = fc.constant('\t');

/** Bytes that are allowed in the value of a header field. */
export const fieldBytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.oneof({ weight: 6, arbitrary: byte(0x20, 0x7e) }, { weight: 3, arbitrary: byte(0x80, 0xff) }, tab),
    maxLength,
  });

/** Letters of all kinds, as UTF-8 writes them. */
const utf8 = (maxLength: number): fc.Arbitrary<string> =>
  anyText({ maxLength }).map((text) => Buffer.from(text).toString('latin1'));

/** Any text that UTF-8 can carry, as a form writes it. */
const escaped = (maxLength: number): fc.Arbitrary<string> =>
  wellFormedText({ maxLength }).map((text) => encodeURIComponent(text));

export const KNOWN_NAMES = [
  ...['grant_type', 'username', 'password', 'scope', 'refresh_token', 'access_token', 'token', 'token_type_hint'],
  ...['client_id', 'client_secret', 'validity_period', 'code', 'redirect_uri', 'code_verifier', 'resource'],
];

export const ODD_NAMES = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '', 'a', 'x', 'admin', 'user'],
  ...['__proto__[admin]', 'constructor[prototype][x]', '__proto__.isAdmin', 'client', 'length', 'then', 'toJSON'],
  ...[
    'scope[]',
    'username[$ne]',
    'password[0]',
    'grant_type[toString]',
    'token%5B%5D',
    'grant%5Ftype',
    'grant_type%00',
  ],
  ...['Grant_Type', 'GRANT_TYPE', ' grant_type', 'grant_type ', 'grant_type\0', '%EF%BB%BFgrant_type', 'username\xff'],
];

const VALUES = [
  ...['password', 'refresh_token', 'client_credentials', 'authorization_code', 'implicit', 'urn:x', 'access_token'],
  ...[...JOHN, ...JANE, ...APPLICATION].map((text) => encodeURIComponent(text)),
  ...['read', 'update', 'admin', 'read update', 'read+update', 'default', 'unknown', 'read%20read', ' ', '+'],
  ...['{access}', '{refresh}', '{access}', '{refresh}', '0', '1', '-1', '1e3', '99999999999999999999', '60', 'NaN'],
  ...['null', 'undefined', 'true', '[]', '{}', '__proto__', 'constructor', '%00', '%0d%0a', '../..', '*'],
];

/** Pieces that decoders fall out over: broken and overlong escapes, surrogates, NUL, a byte order mark. */
const FRAGMENTS = [
  ...['%', '%4', '%zz', '%41', '%00', '%FF', '%C0%AF', '%E0%80%AF', '%ED%A0%80', '%ED%BF%BF', '%F0%9F%98%80', '%u0041'],
  ...['%F4%90%80%80', '%EF%BB%BF', '%25', '%26', '%3D', '+', '=', '[', ']', '[]', '"', '\\', ';', '\0', '\r\n', '\t'],
  ...['\xff', '\xc0\xaf', '\xed\xa0\x80', '\xc3\xa9', '\xef\xbb\xbf', '\xf0\x9f\x98\x80', 'a', 'B', '0', '_', '.'],
];

export const fragments = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 8 }).map((parts) => parts.join(''));

const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...KNOWN_NAMES) },
  { weight: 4, arbitrary: fc.constantFrom(...ODD_NAMES) },
  { weight: 2, arbitrary: fragments },
  { weight: 1, arbitrary: utf8(8) },
);

const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 3, arbitrary: fragments },
  { weight: 1, arbitrary: anyBytes(12) },
  { weight: 1, arbitrary: utf8(12) },
);

const pair = fc
  .tuple(name, fc.constantFrom('=', '=', '=', '=', '=', '', '=='), value)
  .map(([left, sign, right]) => left + sign + right);

const separator = fc.constantFrom('&', '&', '&', '&', '&&', ';', '&amp;', '\n');

/** Texts that resemble a form. */
const formish = fc.tuple(fc.array(pair, { maxLength: 10 }), separator).map(([pairs, sign]) => pairs.join(sign));

const readableValue = fc.oneof(fc.constantFrom(...VALUES), escaped(10));

const OPTIONAL_NAMES = [
  'scope',
  'scope',
  'scope',
  'validity_period',
  'token_type_hint',
  'client_id',
  'resource',
  '__proto__',
];

/** A form that can be read to its end, so that it gets as far as its values let it. */
const readable = fc
  .tuple(
    fc.constantFrom(
      ...['grant_type=password&username=V&password=V', 'grant_type=password&username=V&password=V', 'grant_type=V'],
      ...['grant_type=refresh_token&refresh_token=V', 'grant_type=client_credentials', 'token=V', 'token=V'],
    ),
    fc.array(readableValue, { minLength: 2, maxLength: 2 }),
    fc.uniqueArray(fc.tuple(fc.constantFrom(...OPTIONAL_NAMES), readableValue), {
      selector: ([left]) => left,
      maxLength: 2,
    }),
  )
  .map(([form, values, more]) => {
    const [first = '', second = ''] = values;
    const filled = form.replace('=V', () => `=${first}`).replace('=V', () => `=${second}`);
    return [filled, ...more.map((one) => one.join('='))].join('&');
  });

/** Right forms of all three endpoints. */
const RIGHT_FORMS = [
  `grant_type=password&username=${encodeURIComponent(JOHN[0])}&password=${JOHN[1]}&scope=read`,
  `grant_type=password&username=${encodeURIComponent(JANE[0])}&password=${JANE[1]}`,
  'grant_type=refresh_token&refresh_token={refresh}',
  'grant_type=client_credentials&scope=read&validity_period=60',
  'token={access}&token_type_hint=access_token',
  'token={refresh}',
] as const;

/** A right form with something behind it, in it or cut off. */
const nearlyRight = fc
  .tuple(fc.constantFrom(...RIGHT_FORMS), fc.nat({ max: 90 }), fc.nat({ max: 2 }), fc.oneof(pair, fragments))
  .map(([form, at, cut, odd]) => form.slice(0, at) + odd + form.slice(at + cut));

const behindRight = fc
  .tuple(fc.constantFrom(...RIGHT_FORMS), formish)
  .map(([form, more]) => (more === '' ? form : `${form}&${more}`));

const OTHER_FORMATS = [
  '{"grant_type":"password","username":"a","password":"b"}',
  '{"__proto__":{"admin":true}}',
  '[["grant_type","password"]]',
  '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
  '--x\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\npassword\r\n--x--\r\n',
  '\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03',
];

const veryLong = fc
  .tuple(fc.constantFrom('a=', 'password=', 'a=1&', '%', '%41', '&', 'scope=a+', 'x'), fc.nat({ max: 40_000 }))
  .map(([piece, length]) => (piece + piece.repeat(length / piece.length)).slice(0, length));

/** Any body: a form of some kind most of all. */
export const body: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: formish },
  { weight: 12, arbitrary: readable },
  { weight: 6, arbitrary: nearlyRight },
  { weight: 6, arbitrary: behindRight },
  { weight: 4, arbitrary: anyBytes(120) },
  { weight: 1, arbitrary: fc.constantFrom(...OTHER_FORMATS) },
  { weight: 1, arbitrary: veryLong },
);

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readConfiguration } from '../src/configuration/configuration';
import { aFile, refusalOf } from './support/gateway';

const DOCUMENT = 'openapi: 3.1.0\ninfo: { title: Büro }\npaths: { /: { get: { security: [] } } }\n';
const GATEWAY = 'realm: Orders # Büro\nscopes: {}\n';

const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

const ENCODED: readonly (readonly [name: string, encode: (text: string) => Buffer])[] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with a byte order mark', (text) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16LE with a byte order mark', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16BE with a byte order mark', (text) => swapped(Buffer.from(`\ufeff${text}`, 'utf16le'))],
];

const UNREADABLE: readonly (readonly [name: string, encode: (text: string) => Buffer])[] = [
  ['UTF-16 without a byte order mark', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16BE without a byte order mark', (text) => swapped(Buffer.from(text, 'utf16le'))],
  ['Latin-1', (text) => Buffer.from(text, 'latin1')],
  ['cut off inside a character', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').subarray(0, -1)],
];

const write = (name: string, bytes: Buffer): string => {
  const path = join(dirname(aFile('')), name);
  writeFileSync(path, bytes);
  return path;
};

const gatewayOf = (document: string): string =>
  aFile(`scopes: {}\napis: { orders: { upstream: "demo:orders", openapi: ${document} } }\n`);

describe('a configuration file', () => {
  it.each(ENCODED)('is read correctly in %s', (_, encode) => {
    expect(readConfiguration(write('encoded.yaml', encode(GATEWAY)), {}).options).toMatchObject({ realm: 'Orders' });
    const { options } = readConfiguration(gatewayOf(write('document.yaml', encode(DOCUMENT))), {});
    expect(options).toHaveProperty('apis.orders.openapi.info.title', 'Büro');
  });

  it.each(UNREADABLE)('has one fault that names the remedy when it is %s', async (_, encode) => {
    const name = write('encoded.yaml', encode(GATEWAY));
    expect(await refusalOf(() => readConfiguration(name, {}))).toEqual([`${name}: is not UTF-8; save it as UTF-8`]);
    const document = write('document.yaml', encode(DOCUMENT));
    const file = gatewayOf(document);
    expect(await refusalOf(() => readConfiguration(file, {}))).toEqual([
      `${file}:2:44: apis.orders.openapi: ${document}: is not UTF-8; save it as UTF-8`,
    ]);
  });
});

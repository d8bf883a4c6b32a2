import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { importGateway } from '../../src/import/import-gateway';
import { assertProperty } from '../../../test/support/properties/property-runs';
import fc from 'fast-check';
import { aFolder, aSource, importInto, samplePath } from './support/imported';

const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof Error && error.name === 'ImportError') return error.message;
    throw error;
  }
  throw new Error('it was imported');
};

const archiveOf = (files: Readonly<Record<string, Uint8Array>>): string =>
  join(aSource({ 'a.zip': zipSync(files, { level: 9 }) }), 'a.zip');

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const API = text('name: A\ncontext: /a\nversion: 1.0.0\n');

describe('a hostile archive', () => {
  it.each([
    [
      'a bomb of one file',
      { 'api.yaml': API, 'big.json': new Uint8Array(8 * 1024 * 1024).fill(32) },
      'larger than 4 MiB unpacked',
    ],
    [
      'a bomb of many files',
      Object.fromEntries(
        [...Array(20).keys()].map((index) => [`${index}.json`, new Uint8Array(4 * 1024 * 1024).fill(32)]),
      ),
      'larger than 64 MiB unpacked',
    ],
    ['a name that leads out', { '../api.yaml': API }, 'leads out of the archive'],
    ['an absolute name', { '/etc/api.yaml': API }, 'leads out of the archive'],
    ['a name with a drive', { 'C:/api.yaml': API }, 'leads out of the archive'],
    ['a name with a backslash', { '..\\api.yaml': API }, 'leads out of the archive'],
  ])('with %s is refused by name', (_, files, problem) => {
    const path = archiveOf(files);
    expect(messageOf(() => importInto('wso2', path))).toBe(
      `${path}: has a file that is ${problem}`
        .replace(/has a file that is (?=larger than 64)/, 'is ')
        .replace(/has a file that is (?=leads)/, 'has a file whose name '),
    );
  });

  it('with more files than any export has is refused', () => {
    const path = archiveOf(Object.fromEntries([...Array(5_001).keys()].map((index) => [`${index}.txt`, API])));
    expect(messageOf(() => importInto('wso2', path))).toBe(`${path}: has more than 5000 files`);
  });

  it('that is damaged is refused, whichever byte is damaged', () => {
    const whole = zipSync({ 'api.yaml': API, 'b/api.yaml': text(`{"a": "${'x'.repeat(2_000)}"}`) });
    assertProperty(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (index, byte) => {
        const path = join(aSource({ 'a.zip': whole.map((old, at) => (at === index ? byte : old)) }), 'a.zip');
        try {
          importGateway('wso2', path, aFolder());
        } catch (error) {
          expect(error).toMatchObject({ name: 'ImportError' });
        }
      }),
    );
  });
});

describe('a hostile folder', () => {
  it('is not left through symbolic links', () => {
    const [outside, folder] = [aSource({ 'api.yaml': API }), aFolder()];
    mkdirSync(folder);
    symlinkSync(outside, join(folder, 'linked'));
    symlinkSync(join(outside, 'api.yaml'), join(folder, 'api.yaml'));
    expect(messageOf(() => importInto('wso2', folder))).toContain('api.yaml is missing');
  });

  it.each([
    ['text that is not UTF-8', new Uint8Array([0x61, 0xff, 0xfe]), 'is not UTF-8'],
    [
      'aliases that expand',
      `a: &a [x]\n${'b: [*a]\n'.replace('*a', Array(1_001).fill('*a').join(', '))}`,
      'has more than 1000 aliases',
    ],
    [
      'aliases of aliases',
      `${[...Array(9).keys()]
        .map(
          (index) =>
            `a${index}: &a${index} [${Array(9)
              .fill(index === 0 ? 'x' : `*a${index - 1}`)
              .join(', ')}]`,
        )
        .join('\n')}\n`,
      'expands its aliases too often',
    ],
    ['deep nesting', '['.repeat(100_000), 'is nested too deeply'],
    ['a large file', ' '.repeat(4 * 1024 * 1024 + 1), 'is larger than 4 MiB'],
  ])('with %s is refused by the name of the file', (_, content, problem) => {
    const path = aSource({ 'gateway.config.yml': content });
    expect(messageOf(() => importInto('express-gateway', path))).toBe(`gateway.config.yml: ${problem}`);
  });

  it('with JSON that ends early is refused with the line, and without its contents', () => {
    const path = aSource({ 'api.json': '{\n  "password": "s3cret",\n  oops\n}' });
    expect(messageOf(() => importInto('wso2', path))).toBe('api.json:3: is not JSON');
  });
});

const keys = [
  'apiEndpoints',
  'serviceEndpoints',
  'pipelines',
  'policies',
  'http',
  'https',
  'host',
  'paths',
  'methods',
  'scopes',
  'url',
  'urls',
  'proxy',
  'action',
  'condition',
  'serviceEndpoint',
  'stripPath',
  'rate-limit',
  'cors',
  'origin',
  'oauth2',
  'name',
  'context',
  'version',
  'data',
  'type',
  'endpointConfig',
  'production_endpoints',
  'sandbox_endpoints',
  'operations',
  'target',
  'verb',
  'authType',
  'throttlingPolicy',
  'applicationInfo',
  'subscribedAPIs',
  'keys',
  'uriTemplates',
  'corsConfiguration',
  'availableTiers',
  'db',
  'redis',
  'accessTokens',
  '__proto__',
  'constructor',
];

const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      1e300,
      '',
      '*',
      '/a/*',
      '/a/:b',
      'a',
      'http://h/p',
      '${A}',
      '[',
      'GET',
      'default',
      '\u0000',
      '\uE000A\uE001',
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 8 }),
  ),
})).value;

describe('a source with wrong types', () => {
  it.each([
    ['express-gateway' as const, ['gateway.config.yml', 'system.config.yml']],
    ['wso2' as const, ['api.yaml', 'application.yaml']],
  ])('of %s is imported into a valid file or refused by file and line, and never crashes', (source, names) => {
    assertProperty(
      fc.property(fc.dictionary(fc.constantFrom(...keys), anything), anything, (first, second) => {
        const path = aSource({ [names[0] ?? '']: JSON.stringify(first), [names[1] ?? '']: JSON.stringify(second) });
        const out = aFolder();
        try {
          expect(importGateway(source, path, out).faults).toEqual([]);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ImportError' });
          for (const line of (error as Error).message.split('\n')) expect(line).toMatch(/^[^:\n]+(?::\d+)?: /);
          expect(existsSync(out)).toBe(false);
        }
      }),
    );
  });
});

describe('the folder of the result', () => {
  it.each(['gateway.yaml', 'import-report.md'])('keeps an existing %s, and gets no other file', (name) => {
    const out = aSource({ [name]: 'mine' });
    const path = samplePath('express-gateway/basic');
    expect(messageOf(() => importGateway('express-gateway', path, out))).toBe(
      `${join(out, name)}: exists already, and is never overwritten`,
    );
    expect(readFileSync(join(out, name), 'utf8')).toBe('mine');
    expect(readdirSync(out)).toEqual([name]);
  });

  it('is not written through a dangling link', () => {
    const [out, elsewhere] = [aFolder(), join(aFolder(), 'elsewhere')];
    mkdirSync(out);
    symlinkSync(elsewhere, join(out, 'gateway.yaml'));
    messageOf(() => importGateway('express-gateway', samplePath('express-gateway/basic'), out));
    expect(existsSync(elsewhere)).toBe(false);
  });

  it('is named if it cannot be created', () => {
    const folder = aSource({ file: 'x' });
    writeFileSync(join(folder, 'file'), 'x');
    expect(
      messageOf(() => importGateway('express-gateway', samplePath('express-gateway/basic'), join(folder, 'file'))),
    ).toContain('cannot be created (EEXIST)');
  });
});

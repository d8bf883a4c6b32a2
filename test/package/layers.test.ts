import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const script = join(__dirname, '../../scripts/check-layers.mjs');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-layers-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes files and returns the output of the checker for them, without the folder's path. */
const check = (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return { status, said: (stdout + stderr).replaceAll(`${folder}/`, '') };
};

const value = 'export const value = 1;\n';

describe('the layer check', () => {
  it('accepts imports of lower layers, within a folder, and of a neighbour without a cycle', () => {
    const { status, said } = check({
      'index.ts': "export { value } from './scopegate';\n",
      'scopegate.ts': "import { value as lower } from './guard/guard';\nexport const value = lower;\n",
      'guard/guard.ts':
        "import type { Request } from 'express';\nexport { value } from './auth';\nexport type R = Request;\n",
      'guard/auth.ts': "export { value } from '../directory/records.js';\n",
      'directory/records.ts': "// import { x } from '../guard/guard'\nexport { value } from '../tokens/records';\n",
      'tokens/records.ts': `/** import { value } from '../guard/guard'; */\n${value}`,
      'stores/redis/connection.ts': "import { Redis } from 'ioredis';\nexport const a = Redis;\n",
    });
    expect(said).toBe('7 files keep to their layers\n');
    expect(status).toBe(0);
  });

  it.each([
    ["import { value } from '../guard/guard';\nexport const a = value;"],
    ["\nexport { value } from '../guard/guard';"],
    ["export * from '../guard/guard';"],
    ["import type {\n  value,\n} from '../guard/guard';\nexport type A = typeof value;"],
    ["export type A = typeof import('../guard/guard').value;"],
    ["export const a = () => import('../guard/guard');"],
    ["export const a: unknown = require('../guard/guard');"],
    ["import a = require('../guard/guard');\nexport { a };"],
  ])('refuses an import of a higher layer, in every syntax: %j', (text) => {
    const { status, said } = check({ 'tokens/records.ts': text, 'guard/guard.ts': value });
    expect(said).toMatch(
      /^tokens\/records\.ts:[12] tokens \(layer 1\) imports guard\/guard\.ts \(layer 3\), which is above it$/m,
    );
    expect(status).toBe(1);
  });

  it('refuses cycles between neighbours, also through a third one', () => {
    const { status, said } = check({
      'audit/audit.ts': "export { value } from '../directory/a';\n",
      'directory/a.ts': "export { value } from '../tokens/a';\n",
      'tokens/a.ts': `\nimport '../audit/checks';\n${value}`,
      'audit/checks.ts': value,
    });
    expect(said).toContain('tokens/a.ts:2 tokens imports audit/checks.ts, and audit leads back to tokens');
    expect(said).toContain('audit/audit.ts:1 audit imports directory/a.ts');
    expect(status).toBe(1);
  });

  it('refuses files of one folder that import each other', () => {
    const { status, said } = check({
      'tokens/a.ts': "import type { B } from './b';\nexport type A = B;\n",
      'tokens/b.ts': "import type { A } from './a';\nexport type B = A | 1;\n",
    });
    expect(said).toContain('tokens/a.ts:1 imports tokens/b.ts, which leads back here');
    expect(said).toContain('tokens/b.ts:1 imports tokens/a.ts, which leads back here');
    expect(status).toBe(1);
  });

  it.each([
    ['grants/password.ts', "import type { Request } from 'express';", 'express, which belongs in layer 3 and up only'],
    [
      'endpoints/revoke.ts',
      "import { createServer } from 'oauth2orize';",
      'oauth2orize, which belongs in endpoints/token.ts only',
    ],
    [
      'endpoints/token.ts',
      "import { BasicStrategy } from 'passport-http';",
      'passport-http, which belongs in sign-in/passport.ts only',
    ],
    [
      'options/redis.ts',
      "import type { Redis } from 'ioredis';",
      'ioredis, which belongs in stores/redis/ and cli/ only',
    ],
    [
      'stores/memory/tokens.ts',
      "import { Redis } from 'ioredis/built/Redis';",
      'ioredis/built/Redis, which belongs in stores/redis/ and cli/ only',
    ],
    [
      'endpoints/token.ts',
      "import 'rate-limiter-flexible';",
      'rate-limiter-flexible, which belongs in throttle/ and stores/ only',
    ],
    ['guard/guard.ts', "declare module 'ioredis' {}", 'ioredis, which belongs in stores/redis/ and cli/ only'],
  ])('refuses in %s: %s', (file, text, complaint) => {
    const { status, said } = check({ [file]: `${text}\n${value}` });
    expect(said).toContain(`${file}:1 imports ${complaint}`);
    expect(status).toBe(1);
  });

  it.each([
    ['shared/a.ts', value, 'shared has no layer'],
    ['helper.ts', value, 'helper.ts has no layer'],
    ['tokens/utils/a.ts', value, '"utils" is no noun'],
    ['tokens/types.ts', value, '"types.ts" is no noun'],
    ['tokens/a.ts', "export { b } from './b';", 'imports ./b, which is not there'],
    ['tokens/a.ts', 'export const load = (name: string) => import(name);', 'imports something that is not written out'],
  ])('refuses %s with %j', (file, text, complaint) => {
    const { status, said } = check({ [file]: text });
    expect(said).toContain(complaint);
    expect(status).toBe(1);
  });
});

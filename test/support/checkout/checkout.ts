import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const ROOT = join(__dirname, '../../..');

/** The files of the project that a build and a start need. */
const FILES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'src',
  'scripts',
  'example-gateway/package.json',
  'example-gateway/tsconfig.build.json',
  'example-gateway/gateway.yaml',
  'example-gateway/orders.openapi.yaml',
  'example-gateway/bin',
  'example-gateway/src',
];

const MODULES = 'node_modules';

/** The packages that are links to this project itself, in place of installed ones. */
const OWN = new Set(['scopegate', 'example-gateway']);

interface Entry {
  readonly dev?: boolean;
  readonly link?: boolean;
}

/** Copies what `npm ci --omit=dev` installs, according to the lockfile. */
export const installProduction = (folder: string): void => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, Entry>>;
  };
  for (const [path, { dev, link }] of Object.entries(packages)) {
    // Those of other platforms are not installed.
    if (!path.startsWith(`${MODULES}/`) || dev === true || link === true || !existsSync(join(ROOT, path))) continue;
    const filter = (from: string): boolean => !from.slice(ROOT.length + path.length + 1).includes(MODULES);
    cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter });
  }
  symlinkSync('..', join(folder, MODULES, 'scopegate'));
  symlinkSync('../example-gateway', join(folder, MODULES, 'example-gateway'));
};

/** Links everything that is installed, as `npm ci` would install it. */
export const linkModules = (folder: string, omitted: readonly string[] = []): void => {
  mkdirSync(join(folder, MODULES));
  for (const name of readdirSync(join(ROOT, MODULES))) {
    if (OWN.has(name) || omitted.includes(name)) continue;
    symlinkSync(join(ROOT, MODULES, name), join(folder, MODULES, name));
  }
  symlinkSync('..', join(folder, MODULES, 'scopegate'));
};

/** A compiler that is the installed one, and counts how often it is run. */
const installCountingCompiler = (folder: string, counter: string): void => {
  const place = join(folder, MODULES, 'typescript');
  const installed = join(ROOT, MODULES, 'typescript');
  mkdirSync(join(place, 'bin'), { recursive: true });
  cpSync(join(installed, 'package.json'), join(place, 'package.json'));
  writeFileSync(
    join(place, 'bin/tsc'),
    `require('node:fs').appendFileSync(${JSON.stringify(counter)}, 'x');
    const { status } = require('node:child_process').spawnSync(process.execPath, [${JSON.stringify(join(installed, 'bin/tsc'))}, ...process.argv.slice(2)], { stdio: 'inherit' });
    process.exitCode = status;`,
  );
  writeFileSync(join(place, 'bin/package.json'), '{"type":"commonjs"}');
};

/** A copy of the project in a folder of its own, with nothing built. */
export interface Checkout {
  readonly folder: string;
  /** How often the compiler was run; a build runs it twice. */
  compilations(): number;
  /** Replaces a part of a file of the copy. */
  edit(file: string, from: string, to: string): void;
  removeCompiler(): void;
  remove(): void;
}

/** Sources that take the place of the project's, because those take seconds to compile. */
const SMALL_SOURCES = {
  'src/index.ts': `export const NAME: string = 'example-gateway';\n`,
  'example-gateway/src/main.ts': `import { NAME } from 'scopegate';\nprocess.stdout.write(NAME + ' 0.1.0\\n');\n`,
};

/** As `createCheckout`, but the gateway only prints its version, so that a build is fast. */
export const createSmallCheckout = (): Checkout => {
  const checkout = createCheckout();
  for (const folder of ['src', 'example-gateway/src']) {
    rmSync(join(checkout.folder, folder), { recursive: true });
    mkdirSync(join(checkout.folder, folder));
  }
  for (const [file, text] of Object.entries(SMALL_SOURCES)) writeFileSync(join(checkout.folder, file), text);
  return checkout;
};

/** Copies the project. The dependencies are those that are installed here. */
export const createCheckout = (): Checkout => {
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-checkout-'));
  chmodSync(folder, 0o755); // another user may read it
  for (const file of FILES) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  }
  const counter = join(folder, 'compilations');
  linkModules(folder, ['typescript']);
  installCountingCompiler(folder, counter);
  return {
    folder,
    compilations: () => (existsSync(counter) ? readFileSync(counter, 'utf8').length : 0),
    edit: (file, from, to) => {
      const text = readFileSync(join(folder, file), 'utf8');
      if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
      writeFileSync(join(folder, file), text.replace(from, to));
    },
    removeCompiler: () => rmSync(join(folder, MODULES, 'typescript'), { recursive: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

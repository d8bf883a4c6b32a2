// Enforces the layers of src/: what a folder may import, and which file may import which package.
//
//   node scripts/check-layers.mjs [folder, default src/]

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LAYERS } from './layers.mjs';
import { lineOf, parseFile, walk } from './syntax.mjs';

/** The layer of each folder, and of each file beside them. */
const LAYER_OF = new Map(LAYERS.flatMap(({ units }, layer) => units.map((unit) => [unit, layer])));

/** Packages that may be imported in certain places only, types included. */
const PLACES = [
  {
    packages: ['express', 'express-serve-static-core'],
    where: 'in layer 3 and up',
    allows: (file) => layerOf(file) >= 3,
  },
  {
    packages: ['oauth2orize'],
    where: 'in endpoints/token.ts',
    allows: (file) => file === 'endpoints/token.ts',
  },
  {
    packages: ['passport', 'passport-http'],
    where: 'in sign-in/passport.ts',
    allows: (file) => file === 'sign-in/passport.ts',
  },
  {
    packages: ['ioredis'],
    where: 'in stores/redis/ and cli/',
    allows: (file) => /^(?:stores\/redis|cli)\//.test(file),
  },
  {
    packages: ['rate-limiter-flexible'],
    where: 'in throttle/ and stores/',
    allows: (file) => /^(?:throttle|stores)\//.test(file),
  },
];

/** Names that do not describe their contents. A function belongs in the file of the noun that it serves. */
const NO_NOUN = /^(?:utils?|helpers?|common|types)$/;

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('../src', import.meta.url)));

const unitOf = (file) => file.split('/')[0];
const layerOf = (file) => LAYER_OF.get(unitOf(file));

const findFiles = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return findFiles(path);
    return /\.[cm]?tsx?$/.test(entry.name) ? [relative(root, path).split(sep).join('/')] : [];
  });

/** Returns the specifier that a node imports; `null` if it is not a literal, `undefined` if there is no import. */
const specifierOf = (node) => {
  const literal = (expression) => (expression?.type === 'StringLiteral' ? expression.value : null);
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return literal(node.source);
    case 'ExportNamedDeclaration':
      return node.source === null || node.source === undefined ? undefined : literal(node.source);
    case 'TsImportType':
      return literal(node.argument);
    case 'TsExternalModuleReference':
      return literal(node.expression);
    case 'TsModuleDeclaration': // declare module '…' changes the types of another package
      return node.id.type === 'StringLiteral' ? node.id.value : undefined;
    case 'CallExpression': {
      const { callee } = node;
      const isImport = callee.type === 'Import' || (callee.type === 'Identifier' && callee.value === 'require');
      return isImport ? literal(node.arguments[0]?.expression) : undefined;
    }
    default:
      return undefined;
  }
};

const importsOf = (file) => {
  const { tree, bytes } = parseFile(join(root, file));
  const imports = [];
  walk(tree, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) imports.push({ from: file, line: lineOf(bytes, node), specifier });
  });
  return imports;
};

/** Resolves a relative import to a file. */
const target = ({ from, specifier }) => {
  const path = resolve(root, dirname(from), specifier);
  const stem = path.replace(/\.[cm]?js$/, '');
  const found = [path, `${stem}.ts`, `${stem}.tsx`, `${stem}.mts`, `${stem}.cts`, join(path, 'index.ts')].find(
    (candidate) => existsSync(candidate) && statSync(candidate).isFile(),
  );
  return found === undefined ? undefined : relative(root, found).split(sep).join('/');
};

/** Returns the edges of a graph that are part of a cycle. */
const onCycles = (edges) => {
  const next = new Map(edges.map(({ source }) => [source, new Set()]));
  for (const { source, goal } of edges) next.get(source).add(goal);
  const reachable = (start) => {
    const seen = new Set([start]);
    for (const node of seen) for (const step of next.get(node) ?? []) seen.add(step);
    return seen;
  };
  return edges.filter(({ source, goal }) => reachable(goal).has(source));
};

/** Files that load a module of the host application, whose path is known at run time only. */
const LOADS_HOST_MODULES = new Set(['cli/options-file.ts']);

const violations = [];
const violate = ({ from, line = 1 }, sentence) => violations.push(`${join(root, from)}:${line} ${sentence}`);

const files = findFiles(root);

for (const file of files) {
  if (layerOf(file) === undefined)
    violate({ from: file }, `${unitOf(file)} has no layer: give it one in scripts/layers.mjs`);
  const meaningless = file.split('/').find((part) => NO_NOUN.test(part.replace(/\..*$/, '')));
  if (meaningless !== undefined) violate({ from: file }, `"${meaningless}" is no noun: name it for what it serves`);
}

const inside = [];
for (const found of files.flatMap(importsOf)) {
  const { from, specifier } = found;
  if (specifier === null) {
    if (LOADS_HOST_MODULES.has(from)) continue;
    violate(found, 'imports something that is not written out, so no rule can be checked');
  } else if (specifier.startsWith('.')) {
    const to = target(found);
    if (to === undefined) violate(found, `imports ${specifier}, which is not there`);
    else if (to.startsWith('..')) violate(found, `imports ${specifier}, which is outside`);
    else inside.push({ ...found, to });
  } else {
    const rule = PLACES.find(({ packages }) =>
      packages.some((name) => specifier === name || specifier.startsWith(`${name}/`)),
    );
    if (rule !== undefined && !rule.allows(from))
      violate(found, `imports ${specifier}, which belongs ${rule.where} only`);
  }
}

for (const found of inside) {
  const { from, to } = found;
  if (layerOf(to) > layerOf(from)) {
    violate(found, `${unitOf(from)} (layer ${layerOf(from)}) imports ${to} (layer ${layerOf(to)}), which is above it`);
  }
}

const between = inside
  .filter(({ from, to }) => unitOf(from) !== unitOf(to) && layerOf(from) === layerOf(to))
  .map((found) => ({ ...found, source: unitOf(found.from), goal: unitOf(found.to) }));
for (const found of onCycles(between)) {
  violate(found, `${found.source} imports ${found.to}, and ${found.goal} leads back to ${found.source}`);
}

for (const found of onCycles(inside.map((edge) => ({ ...edge, source: edge.from, goal: edge.to })))) {
  violate(found, `imports ${found.to}, which leads back here`);
}

if (violations.length > 0) {
  console.error(`${violations.join('\n')}\n\n${violations.length} violations of the layers of src/`);
  process.exitCode = 1;
} else {
  console.log(`${files.length} files keep to their layers`);
}

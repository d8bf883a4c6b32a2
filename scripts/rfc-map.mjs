// Writes docs/rfc-map.md: the clauses of the RFCs and the tests that cover them, from the titles in test/rfc/*.test.ts.
// A test there is inside describe('RFC 6749', …), and its title begins with its clauses: §5.2 or Appendix A.4, §10.3.
//
//   node scripts/rfc-map.mjs [--check] [root, default this project]     --check: fails if the file is stale

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { lineOf, parseFile, walk } from './syntax.mjs';

const args = process.argv.slice(2);
const root = resolve(args.find((arg) => arg !== '--check') ?? fileURLToPath(new URL('..', import.meta.url)));
const folder = 'test/rfc';
const map = 'docs/rfc-map.md';

/** The placeholder for parts of a title that are unknown until the test runs. */
const UNKNOWN = '…';

/** Returns the test function of a call, such as `it` in `it.only.each(table)(title)`, and the table. */
const readCall = ({ callee }) => {
  const isTable = callee.type === 'CallExpression' || callee.type === 'TaggedTemplateExpression';
  let tested = isTable ? (callee.callee ?? callee.tag) : callee;
  while (tested.type === 'MemberExpression') tested = tested.object;
  const name = tested.type === 'Identifier' ? tested.value : undefined;
  // The rows of a table in a template literal cannot be read here.
  const table = callee.type === 'CallExpression' ? callee.arguments[0]?.expression : undefined;
  return { name, isTable, table };
};

/** Reads the literals of one file; `undefined` for values that are unknown until the test runs. */
const literalsOf = (tree) => {
  const constants = new Map();
  walk(tree, (node) => {
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') constants.set(node.id.value, node.init);
  });

  const bare = (node) => {
    if (/^Ts(?:Const|As|Satisfies)/.test(node?.type) || node?.type === 'ParenthesisExpression')
      return bare(node.expression);
    return node?.type === 'Identifier' ? bare(constants.get(node.value)) : node;
  };

  const textOf = (given) => {
    const node = bare(given);
    if (/^(?:String|Numeric|Boolean)Literal$/.test(node?.type)) return String(node.value);
    return node?.type === 'TemplateLiteral' ? node.quasis.map(({ cooked }) => cooked).join(UNKNOWN) : undefined;
  };

  const elementsOf = (given) => {
    const node = bare(given);
    if (node?.type !== 'ArrayExpression') return undefined;
    const isPlain = node.elements.every((element) => element !== null && (element.spread ?? null) === null);
    return isPlain ? node.elements.map(({ expression }) => bare(expression)) : undefined;
  };

  /** Formats the title for one row as `it.each` does. */
  const printRow = (title, row) => {
    const values = elementsOf(row) ?? [row];
    let next = 0;
    return title.replace(/%([sdifjop%])|\$(\w+)/g, (_all, kind, member) => {
      if (kind === '%') return '%';
      if (kind !== undefined) return textOf(values[next++]) ?? UNKNOWN;
      const property = row?.properties?.find(({ key }) => key?.value === member);
      return textOf(property?.value) ?? UNKNOWN;
    });
  };

  return { textOf, elementsOf, printRow };
};

/** Returns every test of a file: the titles under which it runs, and the RFC of the enclosing describe. */
const testsIn = (tree) => {
  const { textOf, elementsOf, printRow } = literalsOf(tree);
  const found = [];
  const visit = (nodes, rfc) =>
    walk(nodes, (node) => {
      if (node.type !== 'CallExpression') return true;
      const { name, isTable, table } = readCall(node);
      if (!['describe', 'it', 'test'].includes(name)) return true;
      const [first, ...rest] = node.arguments;
      const title = textOf(first?.expression);
      if (name === 'describe') {
        visit(rest, /^RFC (\d+)$/.exec(title ?? '')?.[1] ?? rfc);
      } else {
        const rows = isTable ? (elementsOf(table) ?? [undefined]) : [];
        const titles = isTable ? rows.map((row) => printRow(title ?? UNKNOWN, row)) : [title ?? UNKNOWN];
        for (const one of new Set(titles)) found.push({ rfc, title: one, span: node.span });
      }
      return false; // the body of a test is not its title
    });
  visit(tree);
  return found;
};

/** Compares clauses by number, so that 10 follows 9; appendices are last. */
const compareClauses = (left, right) => {
  const parts = [left, right].map(({ clause }) => clause.replace('§', '').split(/[ .]/));
  for (let index = 0; index < Math.max(...parts.map(({ length }) => length)); index += 1) {
    const [one = '', other = ''] = parts.map((list) => list[index]);
    if (one === other) continue;
    const isNumber = [one, other].every((part) => /^\d+$/.test(part));
    return isNumber ? Number(one) - Number(other) : one < other ? -1 : 1;
  }
  return 0;
};

const CLAUSE = /§\d+(?:\.\d+)*|Appendix [A-Z](?:\.\d+)*/.source;
const TITLE = new RegExp(`^((?:${CLAUSE})(?:, (?:${CLAUSE}))*) (\\S.*)$`, 's');

/** Escapes text for a cell of a Markdown table. */
const cell = (text) => text.replace(/[\\`*<>[\]|]|&(?=#?\w+;)|(?<!\w)_|_(?!\w)/g, '\\$&').replace(/\s+/g, ' ');

const faults = [];
const rows = new Map();
const files = existsSync(join(root, folder))
  ? readdirSync(join(root, folder)).filter((name) => name.endsWith('.test.ts'))
  : [];
for (const name of files.toSorted()) {
  const file = `${folder}/${name}`;
  const { tree, bytes } = parseFile(join(root, file));
  for (const { rfc, title, span } of testsIn(tree)) {
    const where = `${file}:${lineOf(bytes, { span })}`;
    const [, clauses, holds] = TITLE.exec(title) ?? [];
    if (clauses === undefined) faults.push(`${where} "${title}" does not begin with a clause: §5.2 or Appendix A.4`);
    else if (rfc === undefined) faults.push(`${where} "${title}" stands in no describe('RFC …')`);
    else rows.set(rfc, [...(rows.get(rfc) ?? []), ...clauses.split(', ').map((clause) => ({ clause, holds, file }))]);
  }
}
if (rows.size === 0) faults.push(`${folder} has no test of a clause`);

const printed = async () => {
  const tables = [...rows]
    .toSorted(([left], [right]) => Number(left) - Number(right))
    .map(([rfc, tests]) =>
      [
        `## [RFC ${rfc}](https://www.rfc-editor.org/rfc/rfc${rfc})\n`,
        '| clause | what holds | test file |',
        '|---|---|---|',
        ...tests.toSorted(compareClauses).map(({ clause, holds, file }) => `| ${clause} | ${cell(holds)} | ${file} |`),
      ].join('\n'),
    );
  const head = `# RFC map

Clauses of RFCs that bind a server, and what scopegate does about each. Every row is the title of a test.

Generated by \`node scripts/rfc-map.mjs\` from the tests in [${folder}](../${folder}). Do not edit it: change a title
there and run that again. With \`--check\` it fails when this file is stale.`;
  const config = await resolveConfig(join(root, map));
  return format([head, ...tables].join('\n\n'), { ...config, parser: 'markdown' });
};

const finish = (said) => {
  console.error(said);
  process.exit(1);
};

if (faults.length > 0) finish(`${faults.join('\n')}\n\n${map} was not checked`);
const text = await printed();
const counted = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;
const count = `${counted([...rows.values()].flat().length, 'row')} of ${counted(rows.size, 'RFC')}`;
if (!args.includes('--check')) {
  writeFileSync(join(root, map), text);
  console.log(`${map} lists ${count}`);
} else if (!existsSync(join(root, map)) || readFileSync(join(root, map), 'utf8') !== text) {
  finish(`${map} is stale: run node scripts/rfc-map.mjs and commit what it writes`);
} else {
  console.log(`${map} is fresh: ${count}`);
}

// Reads the titles of tests from a syntax tree.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { walk } from './syntax.mjs';

/** Finds test files, and the suites that test files run on every store. */
export const findTests = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : findTests(path);
    return entry.name.endsWith('.test.ts') || (basename(folder) === 'contracts' && entry.name.endsWith('.ts'))
      ? [path]
      : [];
  });

/** Returns all text inside a node, with the positions. */
const textsIn = (node) => {
  const texts = [];
  walk(node, (inner) => {
    if (inner.type === 'StringLiteral') texts.push({ text: inner.value, span: inner.span });
    if (inner.type === 'TemplateElement') texts.push({ text: inner.raw, span: inner.span });
    return !/^(?:Arrow)?Function/.test(inner.type); // the body of a test is not its title
  });
  return texts;
};

/** Checks whether an expression is `it`, `test` or `describe`, or a member of one, such as `it.each`. */
const isTestFunction = (node) => {
  if (node.type === 'MemberExpression') return isTestFunction(node.object);
  return node.type === 'Identifier' && ['it', 'test', 'describe'].includes(node.value);
};

/** Checks whether an expression is `it.each` or the like: calling it passes the table, and the title follows in a second call. */
const isEach = (node) => node.type === 'MemberExpression' && node.property.value === 'each';

/** Returns the calls of test functions in a file, each with its first argument and its table, if it has one. */
const testCallsIn = (tree) => {
  const calls = [];
  walk(tree, (node) => {
    if (node.type !== 'CallExpression' || isEach(node.callee)) return;
    const { callee } = node;
    const table = callee.type === 'CallExpression' ? callee.arguments : callee.template;
    const tested = callee.type === 'CallExpression' ? callee.callee : (callee.tag ?? callee);
    if (isTestFunction(tested)) calls.push({ title: node.arguments[0]?.expression ?? [], table });
  });
  return calls;
};

/** Returns the titles as they are written in a file, without the rows of tables. */
export const writtenTitlesIn = (tree) => testCallsIn(tree).flatMap(({ title }) => textsIn(title));

/** Returns the titles in a file: first arguments of test functions, and tables of `each`, inline or in a constant. */
export const titlesIn = (tree) => {
  const constants = new Map();
  walk(tree, (node) => {
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') constants.set(node.id.value, node.init);
  });
  const withConstants = (node) => {
    const texts = textsIn(node);
    walk(node, (inner) => {
      if (inner.type === 'Identifier' && constants.has(inner.value)) texts.push(...textsIn(constants.get(inner.value)));
    });
    return texts;
  };

  return testCallsIn(tree).flatMap(({ title, table }) => [
    ...withConstants(title),
    ...(table === undefined ? [] : withConstants(table)),
  ]);
};

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from './installed';
import type { CodeBlock } from './markdown';

/** The types of names that fragments use without declaring them: each is one that the text around the block introduces. */
const CONTEXT: Readonly<Record<string, string>> = {
  accessToken: 'string',
  alarm: '(text: string) => void',
  app: "import('express').Express",
  appOrigin: 'string',
  changeOrder: "import('express').RequestHandler",
  cors: "(options: { origin: string; exposedHeaders: string[] }) => import('express').RequestHandler",
  express: "typeof import('express')",
  find: "NonNullable<import('scopegate').UserSource['find']>",
  gate: "import('scopegate').Gate<'read' | 'update' | 'admin' | 'audit'>",
  listOrders: "import('express').RequestHandler",
  myDirectory: '{ check(username: string, password: string): Promise<{ id: string; roles: string[] } | null> }',
  name: 'string',
  old: '{ readonly key: string; readonly secret: string }',
  options: "import('scopegate').ScopegateOptions<'read' | 'update'>",
  ordersRouter: "import('express').Router",
  owner: 'string',
  password: 'string',
  readFile: "typeof import('node:fs/promises').readFile",
  req: "import('express').Request",
  scopegate: "typeof import('scopegate').scopegate",
  scopes: "('read' | 'update')[]",
  stockRouter: "import('express').Router",
  subscriptions: 'string[]',
  ticket: 'string',
  token: 'string',
  verify: "import('scopegate').VerifyUser",
};

/** Packages of examples that are not installed here, and the environment that examples rely on. */
const SURROUNDINGS = `
declare namespace NodeJS {
  interface ProcessEnv {
    REDIS_URL: string;
    EXPRESS_GATEWAY_REDIS_URL: string;
  }
}
declare module 'bcryptjs' {
  const bcrypt: { hash(text: string, cost: number): Promise<string>; compare(text: string, hash: string): Promise<boolean> };
  export default bcrypt;
}
`;

const DECLARATION = /\b(?:import|const|let|function|class)\s+([^=;(]*?)(?=\s+(?:from|of)\b|\s*[=(])/g;

/** Declares the names that a block uses without declaring them. A block that imports the package is complete. */
const contextOf = (code: string): string => {
  if (/from 'scopegate'/.test(code)) return '';
  const declared = new Set([...code.matchAll(DECLARATION)].flatMap(([, names = '']) => names.match(/\w+/g) ?? []));
  return Object.entries(CONTEXT)
    .filter(([name]) => !declared.has(name) && new RegExp(String.raw`(?<![\w'"/]|(?<!\.\.)\.)${name}\b`).test(code))
    .map(([name, type]) => `declare const ${name}: ${type};\n`)
    .join('');
};

const PROPERTY = /^\w+:/;

/** Writes each property of an object fragment, such as `users: …`, as an object of its own with the type of options. */
const wrapped = (code: string): string => {
  if (!PROPERTY.test(code)) return code;
  return code
    .split(/\n(?=\w+:)/)
    .map((property) => {
      const [, value = property, comment = ''] = /^(.*?),?(\s+\/\/[^\n]*)?$/s.exec(property) ?? [];
      return `void ({ ${value} } satisfies Partial<import('scopegate').ScopegateOptions>);${comment}`;
    })
    .join('\n');
};

const nameOf = ({ page, line }: CodeBlock): string => `${page.replaceAll('/', '+')}+${line}.mts`;

const OPTIONS = {
  target: 'es2023',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noImplicitAny: false, // JavaScript has no types of parameters
  skipLibCheck: true,
  noEmit: true,
  esModuleInterop: true,
  types: ['node'],
};

/**
 * Compiles the blocks of a project in one run of the compiler. Returns its messages, with the lines of the pages. The
 * context is added below a block, so that line numbers stay.
 */
export const compileBlocks = (folder: string, blocks: readonly CodeBlock[]): readonly string[] => {
  for (const block of blocks) {
    writeFileSync(join(folder, nameOf(block)), `${wrapped(block.code)}\n${contextOf(block.code)}export {};\n`);
  }
  writeFileSync(join(folder, 'surroundings.d.ts'), SURROUNDINGS);
  const files = [...blocks.map(nameOf), 'surroundings.d.ts'];
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, files }));
  const lines = compile('-p', join(folder, 'tsconfig.json'), '--pretty', 'false').split('\n');
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) =>
      line.replace(
        /^.*?([^/+]+(?:\+[^/+]+)*)\+(\d+)\.mts\((\d+),\d+\)/,
        (_, page: string, first: string, row: string) =>
          `${page.replaceAll('+', '/')}:${Number(first) + Number(row) - 1}`,
      ),
    );
};

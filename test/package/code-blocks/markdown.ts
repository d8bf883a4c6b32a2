import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(__dirname, '../../..');

/** A code block of a page. */
export interface CodeBlock {
  /** The page, relative to the project. */
  readonly page: string;
  /** The line of the page on which the code begins. */
  readonly line: number;
  /** The word after the fence; empty if there is none, and for a block that is only indented. */
  readonly language: string;
  readonly code: string;
}

/** The pages whose code blocks are tested. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'example-gateway/README.md',
];

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Returns the anchor of a heading, as GitHub makes it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');

const FENCE = /^( *)```(.*)$/;

/** The code after an opening fence, without the indentation of the fence, and the number of its lines. */
const fenced = (lines: readonly string[], indentation: string) => {
  const end = lines.findIndex((line) => line.trim() === '```');
  const code = lines.slice(0, end === -1 ? undefined : end);
  return {
    length: code.length,
    code: code.map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line.trimStart())),
  };
};

/** Returns the code blocks of a page. Fences may be indented as a part of a list item. */
export const codeBlocks = (page: string, text = readPage(page)): readonly CodeBlock[] => {
  const lines = text.split('\n');
  const blocks: CodeBlock[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const [, indentation, language] = FENCE.exec(line) ?? [];
    if (indentation !== undefined && language !== undefined) {
      const { code, length } = fenced(lines.slice(index + 1), indentation);
      blocks.push({ page, line: index + 2, language: language.trim(), code: code.join('\n') });
      index += length + 1;
    } else if (/^(?: {4}|\t)/.test(line) && (lines[index - 1] ?? '') === '') {
      blocks.push({ page, line: index + 1, language: '', code: line.trim() });
    }
  }
  return blocks;
};

/** Checks whether a text is one that a block shows, in which `…` stands for any characters of one line. */
export const isShownAs = (text: string, shown: string): boolean => {
  const parts = shown.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
};

import { html, type Content, type Html } from './html';

/** Marks inside a paragraph: code, strong text, links. No part of the expression can match the same text in two ways. */
const MARK = /`([^`\n]+)`|\*\*([^*\n]+)\*\*|\[([^[\]\n]{1,200})\]\((https:\/\/[^\s()<>"'\\]{1,2000})\)/g;

/** Accepts https addresses without credentials. */
const isLink = (address: string): boolean => {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password } = new URL(address);
  return protocol === 'https:' && username === '' && password === '';
};

const markOf = ([whole, code, strong, text, address = '']: RegExpMatchArray): Content => {
  if (code !== undefined) return html`<code>${code}</code>`;
  if (strong !== undefined) return html`<strong>${strong}</strong>`;
  return text !== undefined && isLink(address) ? html`<a href="${address}" rel="noreferrer">${text}</a>` : whole;
};

const inline = (text: string): Content => {
  const parts: Content[] = [];
  let end = 0;
  for (const match of text.matchAll(MARK)) {
    parts.push(text.slice(end, match.index), markOf(match));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
};

const ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)]) +/;

const listOf = (lines: readonly string[]): Html => {
  const items: string[] = [];
  for (const line of lines) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ''));
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  const list = items.map((item) => html`<li>${inline(item)}</li>`);
  return /^ *\d/.test(lines[0] ?? '')
    ? html`<ol>
        ${list}
      </ol>`
    : html`<ul>
        ${list}
      </ul>`;
};

/** Renders lines between empty lines: a heading, a list, a paragraph, or a paragraph and a list below it. */
const blockOf = (lines: readonly string[]): Content => {
  const [first = '', ...rest] = lines;
  const heading = /^ {0,3}#{1,6} +([^#]+)/.exec(first)?.[1];
  if (heading !== undefined) {
    return [html`<p><strong>${inline(heading.trim())}</strong></p>`, rest.length > 0 && blockOf(rest)];
  }
  const item = lines.findIndex((line) => ITEM.test(line));
  if (item === 0) return listOf(lines);
  const [words, list] = item === -1 ? [lines, []] : [lines.slice(0, item), lines.slice(item)];
  return [html`<p>${inline(words.join(' '))}</p>`, list.length > 0 && listOf(list)];
};

const FENCE = /^ {0,3}```/;

/** A part of a text: lines of code, or lines without an empty one. */
interface Block {
  readonly kind: 'code' | 'text';
  readonly lines: string[];
}

const blocksOf = (text: string): readonly Block[] => {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const line of text.replaceAll(/\r\n?/g, '\n').split('\n')) {
    const isFence = FENCE.test(line);
    if (open?.kind === 'code') {
      if (isFence) open = undefined;
      else open.lines.push(line);
    } else if (isFence || line.trim() !== '') {
      if (isFence || open === undefined) {
        open = { kind: isFence ? 'code' : 'text', lines: [] };
        blocks.push(open);
      }
      if (!isFence) open.lines.push(line);
    } else {
      open = undefined;
    }
  }
  return blocks;
};

/**
 * Renders a description: paragraphs, lists, code, strong text and https links. Everything else, HTML included, is shown as
 * it is written.
 */
export const prose = (text: string | undefined): Html =>
  html`${
    text !== undefined &&
    html`<div class="prose">
      ${blocksOf(text).map(({ kind, lines }) =>
        kind === 'code' ? html`<pre tabindex="0">${lines.join('\n')}</pre>` : blockOf(lines),
      )}
    </div>`
  }`;

/** Returns the first paragraph of a description as plain text, cut at a length. */
export const firstParagraph = (text: string | undefined, max = 200): string => {
  const lines = blocksOf(text ?? '').find(({ kind }) => kind === 'text')?.lines ?? [];
  const words = lines.join(' ').replace(/^ *#{1,6} +/, '');
  const plain = words.replaceAll(
    MARK,
    (...[, code, strong, linked]: readonly string[]) => code ?? strong ?? linked ?? '',
  );
  return plain.length <= max ? plain : `${plain.slice(0, max - 1).trimEnd()}…`;
};

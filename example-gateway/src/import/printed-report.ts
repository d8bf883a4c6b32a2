import type { ImportReport } from './report';
import type { SourcePlace } from './source-node';

/** The facts of an import besides its report. */
export interface ImportFacts {
  /** Name of the former gateway. */
  readonly source: string;
  readonly apis: number;
  readonly resources: number;
  /** Messages of the check of the file that was written; empty if it is valid. */
  readonly faults: readonly string[];
}

const MAX_LENGTH = 300;

/** Cuts text of a source, and removes what would end a line. */
const plain = (text: string): string => {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
};

/** Prints text so that it cannot become markup. */
const printText = (text: string): string =>
  plain(text).replace(/[&<>|`[\]\\*]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Prints text as code. */
const printCode = (text: string): string => `\`${plain(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;

const printPlace = ({ file, line, key }: SourcePlace): string =>
  key === '' ? printCode(`${file}:${line}`) : `${printCode(`${file}:${line}`)} ${printCode(key)}`;

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const byPlace = (one: { readonly place: SourcePlace }, other: { readonly place: SourcePlace }): number =>
  one.place.file < other.place.file ? -1 : one.place.file > other.place.file ? 1 : one.place.line - other.place.line;

/** The steps from the written file to a running gateway. They are the same for every source. */
const NEXT_STEPS = [
  '1. Read what has no counterpart, and change gateway.yaml where clients rely on it.',
  '2. Declare the users and applications that are missing in gateway.yaml, or set redis and create them with the command scopegate.',
  '3. Set the environment variables that are listed here, if there are any, and check the file: `npx scopegate check gateway.yaml`.',
  '4. Start the gateway from a checkout of scopegate, with `npm start -- --config` and the path of the file, or as docs/operations.md describes. To serve other machines, set listen.host and issuer.',
  '5. Move users and clients: see docs/migration.md of the package scopegate.',
];

/** Leaves out rows that repeat another one, such as those of an operation with several methods. */
const withoutRepeats = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] => [
  ...new Map(rows.map((cells) => [cells.join('\n'), cells])).values(),
];

/** Prints a report as Markdown. */
export const printReport = (report: ImportReport, { source, apis, resources, faults }: ImportFacts): string => {
  const gaps = [...report.gaps].sort(byPlace);
  const taken = [...report.taken].sort(byPlace);
  const lines = [
    '# Import report',
    '',
    `From ${source}: ${count(apis, 'API')}, ${count(resources, 'resource')}, ${count(gaps.length, 'key')} without a counterpart.`,
    ...section(
      'Correct first',
      faults.map((fault) => `- ${printText(fault)}`),
    ),
    ...section('Next steps', NEXT_STEPS),
    ...section(
      'Environment variables',
      table(
        ['variable', 'value'],
        report.variables.map(({ name, meaning }) => [printCode(name), printText(meaning)]),
      ),
    ),
    ...section(
      'Without a counterpart',
      table(
        ['in the source', 'what', 'instead'],
        gaps.map(({ place, problem, instead }) => [printPlace(place), printText(problem), printText(instead)]),
      ),
    ),
    ...section(
      'Different in every gateway',
      report.differences.map((difference) => `- ${printText(difference)}`),
    ),
    ...section(
      'Taken over',
      table(
        ['in the source', 'in gateway.yaml'],
        withoutRepeats(taken.map(({ place, into }) => [printPlace(place), printCode(into)])),
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
};

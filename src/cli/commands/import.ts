import type { Command } from '../command';
import { importFrom, type Imported } from '../importer';
import { EXIT } from '../outcome';
import { printable } from '../printed-table';

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const describe = ({ files, apis, resources, gaps, variables, faults }: Imported): string => {
  const [file = '', report = ''] = files.map(printable);
  const names = variables.map(({ name }) => name).join(', ');
  return [
    `${file}: ${count(apis, 'API')} with ${count(resources, 'resource')}`,
    `${report}: ${count(gaps.length, 'key')} without a counterpart`,
    ...(variables.length === 0 ? [] : [`Set the environment variables ${printable(names)}`]),
    ...(faults.length === 0 ? [] : ['The file has faults. Correct them first:', ...faults.map(printable)]),
  ].join('\n');
};

const importCommand = (source: string, argument: string, title: string): Command => ({
  words: ['import', source],
  argument,
  summary: `Writes gateway.yaml and import-report.md from the configuration of ${title}.`,
  notes: [
    'Existing files are never overwritten. The report lists what has no counterpart, with file and line, and what to do',
    'instead. Secrets and passwords are not taken over: the file refers to environment variables.',
  ],
  flags: {
    out: { value: 'FOLDER', doc: 'folder for both files; it is created if it does not exist (default: this one)' },
  },
  run: async ({ argument: path, values }) => {
    const imported = importFrom(source, path, values['out'] ?? '.');
    return {
      json: imported,
      text: describe(imported),
      exit: imported.faults.length === 0 ? EXIT.done : EXIT.problem,
    };
  },
});

export const importExpressGateway = importCommand('express-gateway', 'FOLDER', 'Express Gateway');
export const importWso2 = importCommand('wso2', 'PATH', 'WSO2 API Manager');

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfiguration } from '../configuration/configuration';
import { StartError } from '../configuration/fault';
import { errorCode } from '../error-code';
import { importExpressGateway } from './express-gateway/express-gateway';
import { writeGatewayYaml } from './gateway-yaml';
import { ImportError } from './import-error';
import type { ImportedGateway } from './imported-gateway';
import { printReport } from './printed-report';
import { ImportReport, type Gap, type Variable } from './report';
import { openSource, openSourceFolder } from './source-path';
import type { SourceFiles } from './source-files';
import { SourceReading } from './source-node';
import { importWso2 } from './wso2/wso2';

/** The gateways that can be imported. */
export type ImportedSource = 'express-gateway' | 'wso2';

export interface ImportResult {
  /** Paths of the files that were written. */
  readonly files: readonly string[];
  readonly apis: number;
  readonly resources: number;
  readonly gaps: readonly Gap[];
  readonly variables: readonly Variable[];
  /** Messages of the check of the file; empty if it is valid. */
  readonly faults: readonly string[];
}

type Importer = (files: SourceFiles, reading: SourceReading, report: ImportReport) => ImportedGateway;

const IMPORTERS: Readonly<Record<ImportedSource, { readonly title: string; readonly run: Importer }>> = {
  'express-gateway': { title: 'Express Gateway', run: importExpressGateway },
  wso2: { title: 'WSO2 API Manager', run: importWso2 },
};

/** Creates a file. @throws ImportError if it exists, even as a link */
const create = (path: string, text: string): void => {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const code = errorCode(error);
    throw new ImportError([
      `${path}: ${code === 'EEXIST' ? 'exists already, and is never overwritten' : `cannot be created (${code})`}`,
    ]);
  }
};

/** Creates both files, or none. */
const createAll = (files: readonly { readonly path: string; readonly text: string }[]): void => {
  const created: string[] = [];
  try {
    for (const { path, text } of files) {
      create(path, text);
      created.push(path);
    }
  } catch (error) {
    for (const path of created) rmSync(path, { force: true });
    throw error;
  }
};

/** Checks the file as a start does, with an example for each variable. */
const check = (path: string, variables: readonly Variable[]): readonly string[] => {
  try {
    readConfiguration(path, Object.fromEntries(variables.map(({ name, example }) => [name, example])));
    return [];
  } catch (error) {
    if (error instanceof StartError) return error.messages;
    throw error;
  }
};

const openFiles = (source: ImportedSource, path: string): SourceFiles =>
  source === 'wso2' ? openSource(path) : openSourceFolder(path);

/** Reports the keys that no importer read. */
const reportUnread = (reading: SourceReading, report: ImportReport): void => {
  for (const node of reading.unread()) {
    if (node.isPresent) report.gap(node, 'The key has no counterpart', 'Nothing was taken over from it');
  }
};

/**
 * Imports the configuration of another gateway: writes `gateway.yaml` and `import-report.md` into a folder.
 * @throws ImportError if the source cannot be read, or if one of the files exists
 */
export const importGateway = (source: ImportedSource, path: string, out: string): ImportResult => {
  const { title, run } = IMPORTERS[source];
  const [reading, report] = [new SourceReading(), new ImportReport()];
  const gateway = run(openFiles(source, path), reading, report);
  if (reading.faults.length > 0) throw new ImportError([...new Set(reading.faults)]);
  reportUnread(reading, report);

  try {
    mkdirSync(out, { recursive: true });
  } catch (error) {
    throw new ImportError([`${out}: cannot be created (${errorCode(error)})`]);
  }
  const [file, reportFile] = [join(out, 'gateway.yaml'), join(out, 'import-report.md')];
  createAll([
    { path: file, text: writeGatewayYaml(gateway, title) },
    { path: reportFile, text: '' },
  ]);
  const faults = check(file, report.variables);
  const apis = Object.values(gateway.apis);
  const resources = apis.reduce((sum, api) => sum + api.resources.length, 0);
  writeFileSync(reportFile, printReport(report, { source: title, apis: apis.length, resources, faults }));
  return {
    files: [file, reportFile],
    apis: apis.length,
    resources,
    gaps: report.gaps,
    variables: report.variables,
    faults,
  };
};

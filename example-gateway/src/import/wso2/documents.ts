import { SourceDocument } from '../source-document';
import type { SourceFiles } from '../source-files';
import type { SourceNode, SourceReading } from '../source-node';
import { ImportError } from '../import-error';

/** The documents of an export, by what they describe. */
export interface Wso2Documents {
  readonly apis: readonly ApiDocument[];
  readonly applications: readonly SourceNode[];
  readonly throttling: readonly SourceNode[];
  /** Documents that have no counterpart. */
  readonly others: readonly SourceNode[];
}

export interface ApiDocument {
  /** The API, without its envelope. */
  readonly api: SourceNode;
  /** Its OpenAPI definition, if there is one. */
  readonly definition: SourceNode | undefined;
}

const MAX_DOCUMENTS = 500;

const DEFINITION =
  /(?:^|\/)(?:Definitions|Meta-information)\/swagger\.(?:ya?ml|json)$|(?:^|\/)swagger-[0-9a-f-]{36}\.json$/i;
const DOCUMENTATION = /(?:^|\/)(?:Docs|Image)\//i;

/** The folder of a project. Exports of older versions keep the API in a folder of its own inside. */
const projectOf = (name: string): string => {
  const folders = name.split('/').slice(0, -1);
  return folders.filter((folder) => !/^(?:Definitions|Meta-information)$/i.test(folder)).join('/');
};

const isApi = (node: SourceNode): boolean =>
  node.peek('context').isPresent &&
  (node.peek('name').isPresent || node.peek('id').peek('apiName').isPresent) &&
  !node.peek('apis').isPresent;

const isApplication = (node: SourceNode): boolean =>
  node.peek('applicationInfo').isPresent || node.peek('subscribedAPIs').isPresent;

/** Returns the contents of a document: exports since version 4 have an envelope of `type`, `version` and `data`. */
const contentsOf = (root: SourceNode): SourceNode => {
  root.ignore('type', 'version');
  return root.peek('data').isPresent && root.peek('type').isPresent ? root.get('data') : root;
};

/** Reads the documents of an export: one project, several, or an archive with them. @throws ImportError */
export const readDocuments = (files: SourceFiles, reading: SourceReading): Wso2Documents => {
  const names = files.names.filter((name) => !DOCUMENTATION.test(name));
  if (names.length > MAX_DOCUMENTS) throw new ImportError([`the source: has more than ${MAX_DOCUMENTS} documents`]);
  const open = (name: string): SourceNode => reading.open(new SourceDocument(name, files.read(name)));
  const openPart = (name: string): SourceNode => reading.openPart(new SourceDocument(name, files.read(name)));
  const definitions = new Map<string, string>();
  for (const name of names.filter((each) => DEFINITION.test(each))) definitions.set(projectOf(name), name);

  const [apis, applications, throttling, others]: [ApiDocument[], SourceNode[], SourceNode[], SourceNode[]] = [
    [],
    [],
    [],
    [],
  ];
  for (const name of names.filter((each) => !DEFINITION.test(each))) {
    const root = open(name);
    const contents = contentsOf(root);
    if (isApi(contents)) {
      const definition = definitions.get(projectOf(name));
      apis.push({ api: contents, definition: definition === undefined ? undefined : openPart(definition).map() });
    } else if (isApplication(contents)) applications.push(contents);
    else if (contents.peek('policyName').isPresent && contents.peek('defaultLimit').isPresent)
      throttling.push(contents);
    else others.push(root);
  }
  if (apis.length + applications.length === 0) {
    const [first] = files.names;
    const seen = first === undefined ? 'the source' : first;
    throw new ImportError([
      `${seen}: is no API or application of WSO2 API Manager, and no other file is: api.yaml is missing`,
    ]);
  }
  return { apis, applications, throttling, others };
};

import { Document, isMap, isScalar, isSeq, visit, Scalar, type Node, type Pair } from 'yaml';
import type { ImportedApi, ImportedGateway } from './imported-gateway';

const HEAD = (source: string): string =>
  ` Imported from ${source}. import-report.md lists what was taken over and what has no counterpart.\n` +
  ' The README of the example gateway describes every key.';

const ISSUER =
  ' The address at which clients reach the gateway. Left out: the address that it listens on.\n' +
  ' issuer: https://api.example.com';

const PEOPLE =
  ' Users sign in with their names, and applications with key and secret. Left out: no token can be issued, unless the\n' +
  ' portal or the command line creates users and applications, which needs redis.\n' +
  ' users:\n' +
  '   - { username: ada, password: "${ADAS_PASSWORD}", roles: [admin] }\n' +
  ' applications:\n' +
  '   - name: First application\n' +
  '     owner: ada\n' +
  '     consumerKey: first-application\n' +
  '     consumerSecret: "${FIRST_APPLICATION_SECRET}"\n';

/** The comments before the top-level keys. */
const COMMENTS: Readonly<Record<string, string>> = {
  listen: ' The address to listen on. With 0.0.0.0, set issuer.',
  redis: ' The Redis that stores tokens.',
  errors: ' The guards answer with the codes that clients know. Left out: RFC 6750.',
  cors: ' Browser apps of these origins may use the APIs and /token.',
  paths: ' The endpoints keep their paths.',
  tokens: ' Lifetimes in seconds.',
  plans: ' Requests per so many seconds of a subscription.',
  scopes: ' The permissions that a token can have.',
  apis: ' The upstreams and their routes. Only routes that are listed here can be reached.',
  users: ' The passwords could not be taken over.',
  applications: ' The secrets are in environment variables.',
};

const addressesOf = (one: string, several: string, addresses: readonly string[]) =>
  addresses.length === 1 ? { [one]: addresses[0] } : { [several]: addresses };

const apiFields = ({ title, version, context, upstreams, sandbox, resources, ...rest }: ImportedApi) => ({
  ...(title === undefined ? {} : { title }),
  ...(version === undefined ? {} : { version }),
  context,
  ...addressesOf('upstream', 'upstreams', upstreams),
  ...(sandbox === undefined ? {} : { sandbox: sandbox.length === 1 ? sandbox[0] : sandbox }),
  ...rest,
  resources,
});

const fieldsOf = ({ listen, scopes, apis, ...rest }: ImportedGateway): Readonly<Record<string, unknown>> => {
  const { users, applications, ...others } = rest;
  return {
    listen,
    ...others,
    scopes,
    apis: Object.fromEntries(Object.entries(apis).map(([name, api]) => [name, apiFields(api)])),
    ...(users === undefined ? {} : { users }),
    ...(applications === undefined ? {} : { applications }),
  };
};

/** Keys whose entries are written on one line each. */
const FLOW = new Set(['listen', 'cors', 'paths', 'tokens', 'methods', 'timeouts', 'log', 'redirectUris', 'grantTypes']);
const FLOW_ENTRIES = new Set(['resources', 'plans', 'scopes', 'users', 'subscriptions']);

const flow = (node: unknown): void => {
  if (isMap(node) || isSeq(node)) node.flow = true;
};

const layOut = (document: Document): void => {
  visit(document, {
    Pair: (_, { key, value }: Pair) => {
      const name = isScalar(key) ? String(key.value) : '';
      if (FLOW.has(name)) flow(value);
      if (!FLOW_ENTRIES.has(name)) return;
      if (isSeq(value)) value.items.forEach(flow);
      if (isMap(value)) value.items.forEach((pair) => flow(pair.value));
    },
    // A reference in quotes is valid inside { } too.
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && node.value.includes('${')) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
};

const addComments = (document: Document): void => {
  if (!isMap(document.contents)) return;
  for (const [index, { key }] of document.contents.items.entries()) {
    if (!isScalar(key)) continue;
    const comment = COMMENTS[String(key.value)];
    const node: Node = key;
    if (comment === undefined) continue;
    node.commentBefore = comment;
    node.spaceBefore = index > 0; // the comment of the document ends with an empty line
  }
};

/** Writes the gateway's file. */
export const writeGatewayYaml = (gateway: ImportedGateway, source: string): string => {
  const document = new Document(fieldsOf(gateway), { aliasDuplicateObjects: false });
  addComments(document);
  layOut(document);
  const hasPeople = gateway.users !== undefined || gateway.applications !== undefined;
  document.commentBefore = `${HEAD(source)}\n\n${ISSUER}`;
  if (!hasPeople) document.comment = PEOPLE;
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
};

import type { ImportedApi, ImportedGateway, ImportedScope } from '../imported-gateway';
import { ImportError } from '../import-error';
import type { ImportReport } from '../report';
import { SourceDocument } from '../source-document';
import type { SourceFiles } from '../source-files';
import type { SourceNode, SourceReading } from '../source-node';
import { readApiEndpoints, type Route } from './api-endpoints';
import { groupIntoApis } from './apis';
import { readCorsOf } from './cors-step';
import { markReferences } from './environment';
import { readListen } from './listen';
import { readPipelines, type PipelinesByEndpoint } from './pipelines';
import { markInexpressible, type PipedRoute } from './placed-routes';
import { readSystemConfig } from './system-config';

/** The folders in which configuration is looked for, in this order. */
const FOLDERS = ['', 'config/'];
const ENDINGS = ['.yml', '.yaml', '.json'];

const findConfiguration = ({ names }: SourceFiles, base: string): string | undefined =>
  FOLDERS.flatMap((folder) => ENDINGS.map((ending) => `${folder}${base}${ending}`)).find((name) =>
    names.includes(name),
  );

/** Finds the pipeline of each route. Without one, it answers 404 there too, and so takes requests from later ones. */
const withPipelines = (routes: readonly Route[], pipelines: PipelinesByEndpoint, report: ImportReport) =>
  routes.map((route): PipedRoute => {
    const pipeline = pipelines.get(route.endpoint);
    if (!pipelines.has(route.endpoint)) {
      report.gap(route.node, 'No pipeline names this API endpoint', 'It answers 404 there and here');
    }
    return { ...route, pipeline };
  });

const reportUncheckedScopes = (routes: readonly PipedRoute[], report: ImportReport): void => {
  const unchecked = routes.find(({ scopes, pipeline }) => scopes.length > 0 && pipeline?.isGuarded === false);
  if (unchecked === undefined) return;
  const problem = 'The pipeline authenticates no one, so these scopes are not checked there or here';
  report.gap(
    unchecked.node.get('scopes'),
    problem,
    'Remove public: true from the resources if a token should be required',
  );
};

const scopesOf = (apis: readonly ImportedApi[]): Readonly<Record<string, ImportedScope>> => {
  const names = apis.flatMap(({ resources }) => resources.flatMap(({ scopes }) => scopes ?? []));
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, {}]));
};

const DIFFERENCES = [
  'Tokens, users and applications are not in these files, and tokens cannot be imported: users sign in again. See docs/migration.md.',
  'Paths are case-sensitive, and a path with a slash at its end is another path, except for the context itself. Declare both if clients use both.',
  'A token without a required scope is answered with 403, and not with 401.',
  'An upstream gets X-Authenticated-Client and -Userid in place of eg-consumer-id, and X-Request-Id in place of eg-request-id.',
];

/** Reads the configuration of Express Gateway. @throws ImportError */
export const importExpressGateway = (
  files: SourceFiles,
  reading: SourceReading,
  report: ImportReport,
): ImportedGateway => {
  const gatewayFile = findConfiguration(files, 'gateway.config');
  if (gatewayFile === undefined) {
    throw new ImportError(['gateway.config.yml: is missing in the folder and in its folder config']);
  }
  const open = (name: string): SourceNode =>
    reading.open(new SourceDocument(name, files.read(name), (text) => markReferences(name, text, report))).map();
  const gateway = open(gatewayFile);
  const systemFile = findConfiguration(files, 'system.config');

  const pipelines = readPipelines(gateway, report);
  const routes = withPipelines(
    readApiEndpoints(gateway.getOne('apiEndpoints', 'apiEndpoint'), report),
    pipelines,
    report,
  );
  reportUncheckedScopes(routes, report);
  const { apis, plans } = groupIntoApis(markInexpressible(routes, report), report);
  const used = [...new Set([...pipelines.values()].filter((pipeline) => pipeline !== undefined))];
  const cors = readCorsOf(used, report);
  const writesLog = used.find(({ steps }) => steps.some(({ policy }) => policy === 'log'));
  if (writesLog !== undefined)
    report.gap(
      writesLog.node,
      'The text of log messages has no counterpart',
      'log.access writes one line for each request',
    );
  gateway.ignore('policies');
  report.differences.push(...DIFFERENCES);

  return {
    listen: readListen(gateway, report),
    ...readSystemConfig(systemFile === undefined ? undefined : open(systemFile), report),
    ...(writesLog === undefined ? {} : { log: { access: true as const } }),
    ...(cors === undefined ? {} : { cors }),
    paths: { authorize: '/oauth2/authorize', token: '/oauth2/token' },
    ...(Object.keys(plans).length === 0 ? {} : { plans }),
    scopes: scopesOf(Object.values(apis)),
    apis,
  };
};

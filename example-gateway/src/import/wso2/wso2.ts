import { joinCors, readOrigins, type FoundCors } from '../cors';
import type { ImportedAllowance, ImportedApi, ImportedGateway } from '../imported-gateway';
import { ApiNames } from '../names';
import type { ImportReport } from '../report';
import type { SourceFiles } from '../source-files';
import type { SourceNode, SourceReading } from '../source-node';
import { readApi } from './api';
import { Wso2Applications } from './applications';
import { readDocuments, type ApiDocument } from './documents';
import { Wso2Scopes } from './scopes';
import { ThrottlingPolicies, UNLIMITED_PLAN } from './throttling';
import { reportUnsupported } from './unsupported';

const HIDDEN = new Set(['BLOCKED', 'RETIRED']);

const nameOf = (api: SourceNode): string => api.get('name').text() ?? api.get('id').get('apiName').text() ?? 'api';
const versionOf = (api: SourceNode): string => api.get('version').text() ?? api.get('id').peek('version').text() ?? '';

/** Checks whether the gateway served an API, and reports what it did otherwise. */
const isServed = (api: SourceNode, report: ImportReport): boolean => {
  const status = api.getOne('lifeCycleStatus', 'status');
  const state = status.text()?.toUpperCase() ?? 'PUBLISHED';
  const type = api.get('type').text()?.toUpperCase() ?? 'HTTP';
  const isAdvertised = api.get('advertiseInfo').map().get('advertised').flag() === true;
  api.get('advertiseInfo').ignore(...api.get('advertiseInfo').keys());
  const implementation = api.get('endpointImplementationType').text() ?? 'ENDPOINT';
  const LEFT_OUT = 'The API was left out';
  if (HIDDEN.has(state)) report.gap(status, `The API is ${state}, so no request reached it`, LEFT_OUT);
  else if (isAdvertised)
    report.gap(api.get('advertiseInfo'), 'The API is only advertised; another server serves it', LEFT_OUT);
  else if (!['HTTP', 'WS', 'SOAP', 'SOAPTOREST', 'SSE', 'NULL'].includes(type)) {
    report.gap(
      api.get('type'),
      `APIs of the type ${type} have no counterpart`,
      `${LEFT_OUT}. Declare its resources by hand`,
    );
  } else {
    if (state !== 'PUBLISHED')
      report.gap(
        status,
        `The API is ${state}. The gateway file has no such state`,
        'Remove the API if it must not be served',
      );
    if (type === 'SOAPTOREST')
      report.gap(api.get('type'), 'Bodies are not converted to SOAP', 'Set the upstream to a server that does it');
    if (implementation !== 'ENDPOINT')
      report.gap(
        api.get('endpointImplementationType'),
        'Responses of a mock are not part of the gateway',
        'Set the upstream to a server that answers',
      );
    return true;
  }
  return false;
};

const readCors = (api: SourceNode, report: ImportReport): readonly FoundCors[] => {
  const node = api.get('corsConfiguration').map();
  const isOn = node.getOne('corsConfigurationEnabled', 'isEnabled').flag() === true;
  const credentials = node.getOne('accessControlAllowCredentials', 'isAllowCredentials').flag() ?? false;
  const origins = node.getOne('accessControlAllowOrigins', 'allowOrigins');
  node.ignore(...node.keys());
  if (!isOn) return [];
  const allowed = readOrigins(origins, report);
  return allowed === null ? [] : [{ node, origins: allowed, credentials, maxAge: undefined }];
};

const DIFFERENCES = [
  'Tokens cannot be imported: users sign in again. See docs/migration.md.',
  'Paths are case-sensitive, and a path with a slash at its end is another path, except for the context itself.',
  'Upstreams get X-Authenticated-Userid, -Client, -Organization and -Scope in place of X-JWT-Assertion.',
  'Tokens for applications and for users are accepted by the same resources.',
  'Roles of users come from the gateway file, the command line or the portal.',
];

/** Reports documents of the export that have no counterpart, such as parameters of environments. */
const reportOthers = (others: readonly SourceNode[], report: ImportReport): void => {
  for (const node of others) {
    const { file } = node.place;
    node.ignore(...node.keys());
    const product = /api_product\.(?:ya?ml|json)$/i.test(file);
    const parameters = /(?:api|application)_params\.ya?ml$/i.test(file);
    const instead = product
      ? 'Let applications subscribe to its APIs'
      : parameters
        ? 'Write one gateway file for each environment, or environment variables'
        : 'Nothing was taken over from it';
    report.gap(node, 'The file has no counterpart', instead);
  }
};

const plansOf = (
  apis: readonly ImportedApi[],
  throttling: ThrottlingPolicies,
): Readonly<Record<string, ImportedAllowance>> => {
  const names = [...new Set(apis.flatMap(({ plans }) => plans ?? []))];
  return Object.fromEntries(
    names.map((name) => {
      const found = throttling.find(name);
      return [name, found === undefined || found === 'unlimited' ? UNLIMITED_PLAN : found];
    }),
  );
};

/** Reads an export of WSO2 API Manager. @throws ImportError */
export const importWso2 = (files: SourceFiles, reading: SourceReading, report: ImportReport): ImportedGateway => {
  const documents = readDocuments(files, reading);
  const services = { scopes: new Wso2Scopes(report), throttling: new ThrottlingPolicies(documents.throttling), report };
  for (const policy of documents.throttling) policy.ignore(...policy.keys());
  const names = new ApiNames();
  const apis: Record<string, ImportedApi> = {};
  const bySource = new Map<string, readonly string[]>();
  const cors: FoundCors[] = [];
  const contexts = new Set<string>();

  const add = (name: string, imported: ImportedApi, node: SourceNode): readonly string[] => {
    const context = imported.context.toLowerCase();
    if (contexts.has(context)) {
      report.gap(node, `The context ${imported.context} belongs to another API of the export`, 'The API was left out');
      return [];
    }
    contexts.add(context);
    apis[name] = imported;
    return [name];
  };

  const importApi = ({ api, definition }: ApiDocument): void => {
    reportUnsupported(api, report);
    const isImported = isServed(api, report);
    cors.push(...readCors(api, report));
    if (!isImported) return api.ignore(...api.keys());
    const name = names.add(nameOf(api));
    const imported = readApi(api, definition, name, services);
    if (imported === undefined) return;
    const added = add(name, imported, api);
    const isDefault = api.get('isDefaultVersion').flag() === true && added.length > 0;
    const key = `${nameOf(api)}\0${versionOf(api)}`;
    const context = imported.context.replace(`/${versionOf(api)}`, '');
    if (isDefault && context !== '' && context !== imported.context) {
      const second = names.add(`${name}-default`);
      report.take(api.get('isDefaultVersion'), `apis.${second}`);
      bySource.set(key, [...added, ...add(second, { ...imported, context }, api)]);
    } else bySource.set(key, added);
  };

  documents.apis.forEach(importApi);
  reportOthers(documents.others, report);
  const applications = new Wso2Applications(report, apis, bySource);
  for (const document of documents.applications) applications.add(document.map());
  const plans = plansOf(Object.values(apis), services.throttling);
  const joined = joinCors(cors, documents.apis.length, report);
  report.differences.push(...DIFFERENCES);
  return {
    listen: { host: '127.0.0.1', port: 8080 },
    errors: 'wso2',
    ...(joined === undefined ? {} : { cors: joined }),
    ...(Object.keys(plans).length === 0 ? {} : { plans }),
    scopes: services.scopes.all,
    apis,
    ...(applications.all.length === 0
      ? {}
      : { users: [...applications.users.values()], applications: applications.all }),
  };
};

import type { ImportReport } from '../report';
import type { SourceNode } from '../source-node';

/** Keys of an API that say nothing about how requests are served. */
const IGNORED = [
  'uuid',
  'id',
  'name',
  'displayName',
  'description',
  'provider',
  'createdTime',
  'lastUpdatedTimestamp',
  'lastUpdatedTime',
  'lastUpdated',
  'createdBy',
  'tags',
  'hasThumbnail',
  'businessInformation',
  'categories',
  'keyManagers',
  'audiences',
  'organizationId',
  'accessControl',
  'accessControlRoles',
  'isRevision',
  'revisionId',
  'revisionedApiId',
  'cacheTimeout',
  'subscriptionAvailability',
  'subscriptionAvailableTenants',
  'workflowStatus',
  'gatewayVendor',
  'gatewayType',
  'initiatedFromGateway',
  'egress',
  'subtypeConfiguration',
  'asyncTransportProtocols',
  'websubSubscriptionConfiguration',
  'enableSubscriberVerification',
  'visibleTenants',
  'visibleOrganizations',
  'documents',
  'apiHeaderChanged',
  'labels',
  'apiResourcePatternsChanged',
  'technicalOwner',
  'technicalOwnerEmail',
  'businessOwner',
  'businessOwnerEmail',
  'rating',
  'isLatest',
  'environments',
  'environmentList',
  'isPublishedDefaultVersion',
  'implementation',
  'responseCache',
  'isResponseCachingEnabled',
  'securityScheme',
  'availableSubscriptionLevelPolicies',
  'lifecycleInstanceId',
  'permissionMap',
  'apiPermission',
  'userSpecificApiPermissions',
  'apiHubPolicies',
  'organizationPolicies',
  'additionalProperties',
  'additionalPropertiesMap',
  'endpointSecured',
  'endpointAuthDigest',
  'advertiseOnly',
  'visibility',
  'transports',
  'apiSecurity',
  'monetization',
] as const;

const reportAuthentication = (api: SourceNode, report: ImportReport): void => {
  const header = api.get('authorizationHeader');
  if (header.isPresent && header.text()?.toLowerCase() !== 'authorization') {
    report.gap(
      header,
      'The token is read from the header Authorization only',
      'Let clients send Authorization: Bearer',
    );
  }
  const apiKey = api.get('apiKeyHeader');
  const security = api.get('securityScheme');
  const schemes = Array.isArray(security.value) ? security.texts() : [];
  const others = schemes.filter((scheme) => scheme !== 'oauth2' && !scheme.endsWith('_mandatory'));
  if (others.length > 0) {
    report.gap(
      security,
      `Clients cannot authenticate by ${others.join(', ')}. A token is required`,
      'Clients get a token at the token endpoint',
    );
  } else apiKey.text();
};

const reportVisibility = (api: SourceNode, report: ImportReport): void => {
  const roles = api.get('visibleRoles');
  if (roles.items().length > 0)
    report.gap(
      roles,
      'The portal shows every API to all users who have signed in',
      'Protect the API by scopes with roles',
    );
  const transports = api.get('transport').texts();
  if (transports.length === 1 && transports[0]?.toLowerCase() === 'https') {
    report.gap(api.get('transport'), 'APIs cannot be limited to https one by one', 'Set requireTls for all of them');
  }
};

/** Checks for anything that is not empty, off or zero. */
const hasContent = (value: unknown, depth = 0): boolean => {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  return depth > 4 || Object.values(value).some((item) => hasContent(item, depth + 1));
};

const reportBehaviour = (api: SourceNode, report: ImportReport): void => {
  if (api.get('responseCachingEnabled').flag() === true) {
    report.gap(
      api.get('responseCachingEnabled'),
      'Responses are not cached',
      'Put a cache between gateway and upstream',
    );
  }
  if (api.get('enableSchemaValidation').flag() === true) {
    report.gap(
      api.get('enableSchemaValidation'),
      'Bodies are not compared with the definition',
      'Let the upstream check them',
    );
  }
  for (const key of [
    'mediationPolicies',
    'apiPolicies',
    'threatProtectionPolicies',
    'gatewayEndpoints',
    'maxTps',
    'wsdlInfo',
    'wsdlUrl',
  ]) {
    const node = api.get(key);
    if (hasContent(node.value))
      report.gap(
        node,
        `${key} has no counterpart`,
        'Check that it does not change the path, and do its work in the upstream',
      );
    if (node.isPresent) node.ignore(...node.keys());
  }
  for (const operation of api.get('operations').items()) {
    const policies = operation.map().get('operationPolicies').map();
    const steps = policies.keys().flatMap((key) => policies.get(key).items());
    if (steps.length > 0)
      report.gap(
        policies,
        'Policies of an operation have no counterpart',
        'Check that they do not change the path, and do their work in the upstream',
      );
  }
};

/** Reports the settings of an API that have no counterpart. */
export const reportUnsupported = (api: SourceNode, report: ImportReport): void => {
  api.ignore(...IGNORED);
  reportAuthentication(api, report);
  reportVisibility(api, report);
  reportBehaviour(api, report);
};

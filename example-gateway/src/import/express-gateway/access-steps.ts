import type { ImportReport } from '../report';
import type { Step } from './steps';

/** The policies that authenticate, other than `oauth2`, by what clients do here. */
const OTHER_AUTHENTICATION: Readonly<Record<string, string>> = {
  'basic-auth': 'Clients get a token at the token endpoint and send it',
  jwt: 'Clients get a token at the token endpoint and send it',
  'key-auth': 'Clients get a token at the token endpoint, such as by client_credentials, and send it',
  'oauth2-introspect': 'Clients get a token from this gateway',
};

/** Policies that are part of Express Gateway and authenticate no one. */
const OTHER_POLICIES: Readonly<Record<string, string>> = {
  cors: '',
  expression: 'Check that it does not change the path, and do its work in the upstream',
  headers: 'The upstream gets X-Authenticated-Userid, -Client, -Organization and -Scope',
  log: '',
  'rate-limit': '',
  'request-transformer': 'Change requests in the client or in the upstream',
  'response-transformer': 'Change responses in the upstream',
  terminate: 'Declare no resource for what must not be reached',
};

const GUARDED = 'A token is required';

/** Decides whether the routes of a pipeline need a token. In doubt they do. */
export const needsToken = (steps: readonly Step[], report: ImportReport): boolean => {
  let isGuarded = false;
  for (const { policy, node, action, isConditional } of steps) {
    if (policy === 'proxy') continue;
    const other = Object.hasOwn(OTHER_AUTHENTICATION, policy) ? OTHER_AUTHENTICATION[policy] : undefined;
    const known = Object.hasOwn(OTHER_POLICIES, policy) ? OTHER_POLICIES[policy] : undefined;
    if (policy === 'oauth2' || other !== undefined) {
      isGuarded = true;
      if (other !== undefined) report.gap(node, `The policy ${policy} has no counterpart. ${GUARDED}`, other);
      if (isConditional)
        report.gap(
          node,
          `A condition decides whether a client authenticates. ${GUARDED} for every request`,
          'Declare resources with public: true for the others',
        );
      if (action.isPresent && action.get('passThrough').flag() === true) {
        report.gap(
          action.get('passThrough'),
          `Requests without a token passed. ${GUARDED}`,
          'Write public: true if the upstream needs no user',
        );
      }
    } else if (known === undefined) {
      isGuarded = true;
      report.gap(
        node,
        `The policy ${policy} has no counterpart. It may authenticate, so a token is required`,
        'Write public: true if no token is needed',
      );
    } else if (known !== '') {
      report.gap(node, `The policy ${policy} has no counterpart`, known);
    }
  }
  return isGuarded;
};

import type * as authorizeModule from './authorize/authorize';
import type { Endpoint } from './endpoints/routes';

/** Creates the authorization endpoint. Its modules are loaded with the first request, because some gates get none. */
export const createAuthorize = (services: authorizeModule.AuthorizeServices): Endpoint => {
  let endpoint: Endpoint | undefined;
  return (request, response, next) => {
    if (endpoint === undefined) {
      // `require`, because a request is handled synchronously until its body is being read.
      const { createAuthorizationEndpoint } = require('./authorize/authorize') as typeof authorizeModule;
      endpoint = createAuthorizationEndpoint(services);
    }
    endpoint(request, response, next);
  };
};

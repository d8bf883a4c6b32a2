import type express from 'express';

const express4 = jest.requireActual<typeof express>('express4');

/** An API endpoint of the configuration that is generated. */
export interface ModelEndpoint {
  readonly paths: readonly string[];
  /** `undefined`: all. */
  readonly methods: readonly string[] | undefined;
  readonly scopes: readonly string[];
  readonly pipeline: string;
}

export interface ModelPipeline {
  readonly url: string;
  readonly stripPath: boolean;
  readonly ignorePath: boolean;
  /** The policy that authenticates, if there is one. */
  readonly policy: string | undefined;
}

export interface ModelConfiguration {
  readonly endpoints: Readonly<Record<string, ModelEndpoint>>;
  readonly pipelines: Readonly<Record<string, ModelPipeline>>;
}

/** What becomes of a request: the rule that protects it, and the address that it is sent to. */
export interface Served {
  readonly rule: string;
  readonly upstream: string;
}

/** How http-proxy 1.18 joins the path of a target and that of a request. */
const joinPaths = (base: string, path: string): string => [base, path].filter(Boolean).join('/').replace(/\/+/g, '/');

/** What the proxy policy of Express Gateway 1.16 sends for a request that matched a pattern. */
const proxied = ({ url, stripPath, ignorePath }: ModelPipeline, pattern: string, original: string): string => {
  const wildcard = pattern.search(/[:*]/);
  const stripped = wildcard === -1 ? '/' : wildcard === 0 ? original : `/${original.substring(wildcard)}`;
  const path = ignorePath ? '' : stripPath ? stripped : original;
  const { origin, pathname } = new URL(url);
  return origin + joinPaths(pathname, path);
};

const ruleOf = ({ policy }: ModelPipeline, { scopes }: ModelEndpoint): string =>
  policy === undefined ? 'public' : `token ${[...scopes].sort().join(' ')}`;

/** The routing of Express Gateway 1.16 by the router that it uses. */
export const expressGatewayModel = ({ endpoints, pipelines }: ModelConfiguration) => {
  let served: Served | undefined;
  const router = express4.Router();
  for (const endpoint of Object.values(endpoints)) {
    const pipeline = pipelines[endpoint.pipeline];
    for (const pattern of endpoint.paths) {
      const handler = ({ originalUrl }: { readonly originalUrl: string }): void => {
        if (pipeline === undefined) return;
        served = { rule: ruleOf(pipeline, endpoint), upstream: proxied(pipeline, pattern, originalUrl) };
      };
      if (endpoint.methods === undefined) router.all(pattern, handler);
      else for (const method of endpoint.methods) router[method.toLowerCase() as 'get'](pattern, handler);
    }
  }
  return (method: string, path: string): Served | undefined => {
    served = undefined;
    const request = { method, url: path, originalUrl: path };
    (router as unknown as (...args: unknown[]) => void)(request, {}, () => undefined);
    return served;
  };
};

/** Writes the configuration as `gateway.config.yml`. JSON is YAML. */
export const configurationText = ({ endpoints, pipelines }: ModelConfiguration): string =>
  JSON.stringify({
    apiEndpoints: Object.fromEntries(
      Object.entries(endpoints).map(([name, { paths, methods, scopes }]) => [
        name,
        { paths, scopes, ...(methods === undefined ? {} : { methods }) },
      ]),
    ),
    serviceEndpoints: Object.fromEntries(Object.entries(pipelines).map(([name, { url }]) => [name, { url }])),
    pipelines: Object.fromEntries(
      Object.entries(pipelines).map(([name, { stripPath, ignorePath, policy }]) => [
        name,
        {
          apiEndpoints: Object.entries(endpoints).flatMap(([each, { pipeline }]) => (pipeline === name ? [each] : [])),
          policies: [
            ...(policy === undefined ? [] : [{ [policy]: {} }]),
            { proxy: { action: { serviceEndpoint: name, stripPath, ignorePath } } },
          ],
        },
      ]),
    ),
  });

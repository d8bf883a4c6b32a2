import type { Environment } from 'scopegate';
import type { Upstream as Declared, MountedApi } from './configuration/apis';
import type { DemoUpstreams } from './demo/demos';
import type { Limits, Timeouts } from './limits';
import { openUpstream, type Upstream } from './proxy/upstream';

/** An API with its upstreams. */
export interface OpenedApi {
  readonly name: string;
  readonly context: string;
  readonly upstream: Upstream;
  /** For tokens of sandbox keys. */
  readonly sandbox: Upstream | undefined;
  readonly timeouts: Timeouts;
}

export interface OpenedApis {
  readonly apis: readonly OpenedApi[];
  close(): void;
}

/** Prepares the upstreams of all APIs. Connections are opened on demand. */
export const openApis = (mounted: readonly MountedApi[], limits: Limits, demos: DemoUpstreams): OpenedApis => {
  const open = (declared: Declared | undefined, environment: Environment): Upstream | undefined => {
    const url = declared?.kind === 'server' ? declared.url : declared && demos.urlOf(environment);
    return url && openUpstream(url, limits.upstreamSockets);
  };
  const apis = mounted.flatMap(({ name, context, ...targets }): readonly OpenedApi[] => {
    const upstream = open(targets.upstream, 'production');
    const sandbox = open(targets.sandbox, 'sandbox');
    const timeouts = { ...limits.timeouts, ...targets.timeouts };
    return upstream === undefined ? [] : [{ name, context, upstream, sandbox, timeouts }];
  });
  return {
    apis,
    close: () => {
      for (const { upstream, sandbox } of apis) {
        upstream.connections.close();
        sandbox?.connections.close();
      }
    },
  };
};

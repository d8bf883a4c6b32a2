import type { Upstream as Declared, MountedApi } from './configuration/apis';
import { startOrders, type Demo } from './demo/orders';
import { openUpstream, type Upstream } from './proxy/upstream';

/** An API with its upstreams. */
export interface OpenedApi {
  readonly name: string;
  readonly context: string;
  readonly upstream: Upstream;
  /** For tokens of sandbox keys. */
  readonly sandbox: Upstream | undefined;
}

export interface OpenedApis {
  readonly apis: readonly OpenedApi[];
  close(): void;
}

/** Starts the configured demos: one per environment, so that sandbox requests do not change production data. */
const startDemos = async (apis: readonly MountedApi[]) => {
  const started: Demo[] = [];
  const start = async (upstreams: readonly (Declared | undefined)[]): Promise<URL | undefined> => {
    if (!upstreams.some((upstream) => upstream?.kind === 'demo')) return undefined;
    const demo = await startOrders();
    started.push(demo);
    return demo.url;
  };
  const close = (): void => started.forEach((demo) => demo.close());
  try {
    const production = await start(apis.map(({ upstream }) => upstream));
    return { production, sandbox: await start(apis.map(({ sandbox }) => sandbox)), close };
  } catch (error) {
    close();
    throw error;
  }
};

/** Prepares the upstreams of all APIs. Connections are opened on demand. */
export const openApis = async (mounted: readonly MountedApi[], sockets: number): Promise<OpenedApis> => {
  const demos = await startDemos(mounted);
  const open = (declared: Declared | undefined, demo: URL | undefined): Upstream | undefined => {
    const url = declared?.kind === 'server' ? declared.url : declared && demo;
    return url && openUpstream(url, sockets);
  };
  const apis = mounted.flatMap(({ name, context, ...targets }): readonly OpenedApi[] => {
    const upstream = open(targets.upstream, demos.production);
    const sandbox = open(targets.sandbox, demos.sandbox);
    return upstream === undefined ? [] : [{ name, context, upstream, sandbox }];
  });
  return {
    apis,
    close: () => {
      for (const { upstream, sandbox } of apis) {
        upstream.agent.destroy();
        sandbox?.agent.destroy();
      }
      demos.close();
    },
  };
};

import type { Environment } from 'scopegate';
import type { MountedApi } from '../configuration/apis';
import type { Upstream as Declared } from '../configuration/upstreams';
import type { DemoUpstreams } from '../demo/demos';
import type { Limits, Timeouts } from '../limits';
import type { Repeats } from '../log/repeats';
import type { UpstreamListener } from '../metrics/upstream-metrics';
import type { Opened } from '../opened';
import type { UpstreamServers } from '../proxy/servers';
import { openUpstream } from '../proxy/upstream';
import { EjectionReports } from './ejection-reports';
import { UpstreamGroup } from './upstream-group';

/** An API with its upstreams. */
export interface OpenedApi {
  readonly name: string;
  readonly context: string;
  readonly upstream: UpstreamServers;
  /** For tokens of sandbox keys. */
  readonly sandbox: UpstreamServers | undefined;
  readonly timeouts: Timeouts;
  /** True if it accepts WebSocket handshakes. */
  readonly websocket: boolean;
}

export interface UpstreamServices {
  readonly limits: Limits;
  readonly demos: DemoUpstreams;
  readonly repeats: Repeats;
  /** Left out: nothing is counted. */
  readonly upstreamListener: UpstreamListener | undefined;
  /** Receives what closes the connections. */
  readonly opened: Opened;
}

/** Prepares the upstreams of all APIs. Connections are opened on demand. */
export const openApis = (mounted: readonly MountedApi[], services: UpstreamServices): readonly OpenedApi[] => {
  const { limits, demos, opened, ...reporting } = services;

  const urlsOf = (declared: Declared, environment: Environment): readonly URL[] => {
    if (declared.kind === 'servers') return declared.urls;
    const demo = demos.urlOf(environment);
    return demo === undefined ? [] : [demo];
  };

  return mounted.flatMap(({ name, context, websocket, ...declared }): readonly OpenedApi[] => {
    const timeouts = { ...limits.timeouts, ...declared.timeouts };

    const open = (target: Declared | undefined, environment: Environment): UpstreamServers | undefined => {
      const urls = target === undefined ? [] : urlsOf(target, environment);
      if (urls.length === 0) return undefined;
      const servers = urls.map((url) => openUpstream(url, limits.upstreamSockets));
      if (servers.length > 1) services.upstreamListener?.onOpenedGroup(name);
      const listener = new EjectionReports({ api: name, environment, ...reporting });
      opened.push(() => {
        listener.close();
        for (const { connections } of servers) connections.close();
      });
      return new UpstreamGroup({ servers, trialTimeout: timeouts.connect, now: () => performance.now(), listener });
    };

    const upstream = open(declared.upstream, 'production');
    const sandbox = open(declared.sandbox, 'sandbox');
    return upstream === undefined ? [] : [{ name, context, upstream, sandbox, timeouts, websocket }];
  });
};

import { openFaultProxy, type FaultProxy } from './open-fault-proxy';

export type { FaultProxy } from './open-fault-proxy';

const opened: FaultProxy[] = [];

/** Proxies the server at this URL, which must have a port. Closes by itself at the end of the file. */
export const aFaultProxy = async (url: string): Promise<FaultProxy> => {
  const proxy = await openFaultProxy(url);
  opened.push(proxy);
  return proxy;
};

afterAll(async () => {
  for (const proxy of opened) await proxy.close();
});

import { until } from '../time/waiting';
import { portalOptions, servePortal, tokenOfAna, type ServedPortal } from './served-portal';

/** The requests that `usedPortal` sends: 12, of which the plan refuses 2 and the guard 3. */
export const USED = { requests: 12, served: 7, limited: 2, forbidden: 3 } as const;

const plannedOptions = () => {
  const { apis, ...others } = portalOptions();
  const orders = { ...apis?.['orders'], resources: apis?.['orders']?.resources ?? [], plans: ['tiny'] };
  return { ...others, plans: { tiny: { requests: 7, per: 86_400 } }, apis: { orders } };
};

/** A portal whose declared application, of Ana, has sent requests: 7 were served, 3 lacked a scope, 2 were too many. */
export const usedPortal = async (): Promise<ServedPortal> => {
  const portal = await servePortal(plannedOptions());
  const headers = { Authorization: `Bearer ${await tokenOfAna(portal)}` };
  const send = async (path: string, method = 'GET'): Promise<void> => {
    await (await fetch(`${portal.url}/orders${path}`, { method, headers })).arrayBuffer();
  };
  for (let count = 0; count < USED.served; count += 1) await send('/');
  for (let count = 0; count < USED.forbidden; count += 1) await send(`/${count}?secret=${count}`, 'PUT');
  for (let count = 0; count < USED.limited; count += 1) await send('/');
  await until(async () => (await portal.gate.usage.find('key')).total.requests === USED.requests);
  return portal;
};

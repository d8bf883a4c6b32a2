import { breakable } from '../../pages/breakable';
import { html, type Content, type Html } from '../../pages/html';
import { link } from '../../pages/form';
import { table } from '../../pages/table';
import { time } from '../../pages/time';
import type { RecentRefusal } from '../../usage/refusal-store';
import type { PageServices } from '../page-services';
import { pathOf } from '../try-it/operation';
import { apiTitle } from './usage-table';
import type { Visit } from '../visit';

/** Returns the explanation of a refusal, and what to do. */
const reasonOf = ({ reason, api, missing, plan }: RecentRefusal, visit: Visit, services: PageServices): string => {
  const { reasons } = visit.texts.usage;
  const title = apiTitle(api, visit, services);
  const known: Readonly<Record<string, string>> = {
    insufficient_scope:
      missing.length === 0 ? reasons.tooLittleScope : reasons.insufficientScope(visit.texts.phrases.list(missing)),
    not_subscribed: reasons.notSubscribed(title),
    no_sandbox: reasons.noSandbox(title),
    retired: reasons.retired(title),
    wrong_audience: reasons.wrongAudience,
    invalid_token: reasons.userGone,
    plan_exceeded: reasons.plan(plan),
    limit_exceeded: reasons.limit,
  };
  return Object.hasOwn(known, reason) ? (known[reason] ?? '') : reasons.other;
};

/** Renders the request of a refusal, as a link to Try it if its resource is declared. */
const requestOf = ({ method, api, resource }: RecentRefusal, visit: Visit, services: PageServices): Content => {
  const declared = services.apis.get(api);
  const text = `${method} ${pathOf({ context: declared?.context ?? '' }, resource)}`;
  if (declared?.resources.some((known) => known.path === resource && known.methods.includes(method)) !== true) {
    return html`<code>${breakable(text)}</code>`;
  }
  const query = new URLSearchParams({ api, method, path: resource });
  return link(visit, `/try-it?${query.toString()}`, html`<code>${breakable(text)}</code>`);
};

/** Renders the last refusals of an application, with what explains them. */
export const recentRefusals = async (visit: Visit, application: string, services: PageServices): Promise<Html> => {
  const { texts } = visit;
  const { usage, phrases } = texts;
  const refusals = await services.usage.findFreshRefusals(application);
  if (refusals.length === 0)
    return html`<h2>${usage.refusals}</h2>
      <p>${usage.noRefusals}</p>`;
  const rows = refusals.map((refusal) => [
    time(refusal.at, texts),
    html`<div class="request">${requestOf(refusal, visit, services)}</div>`,
    html`<code>${refusal.status} ${refusal.reason}</code> ${reasonOf(refusal, visit, services)}`,
    usage.environments[refusal.environment],
    phrases.number(refusal.count),
  ]);
  const heads = [usage.last, usage.request, usage.reason, usage.environment, usage.count];
  return html`<h2>${usage.refusals}</h2>
    ${table(usage.refusalsHint, heads, rows)}`;
};

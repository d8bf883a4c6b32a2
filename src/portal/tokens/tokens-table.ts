import { breakable } from '../../pages/breakable';
import { form } from '../../pages/form';
import { html, type Content, type Html } from '../../pages/html';
import { relativeTime } from '../../pages/relative-time';
import { table } from '../../pages/table';
import { time } from '../../pages/time';
import { printScope } from '../../protocol/scope';
import { isGrantId } from '../../protocol/secrets';
import type { GrantInfo } from '../../tokens/live-grants';
import type { PageServices } from '../page-services';
import { resourceTitle } from '../catalogue/resource-titles';
import type { UserVisit } from '../visit';

/** A list of tokens: its texts, and the forms that revoke them. */
export interface TokenList {
  readonly caption: string;
  /** Head of the column after the first: what issued the token. */
  readonly issuerHead: string;
  /** Text of that column. */
  readonly issuerOf: (grant: GrantInfo) => string;
  /** Name of the application, as the description of the button has it. */
  readonly clientOf: (grant: GrantInfo) => string;
  /** Path of the form that revokes a token. */
  readonly revokePath: (grant: GrantInfo) => string;
  /** Hidden fields of that form. @param next the grant of the row whose button gets the focus afterwards */
  readonly fieldsOf?: (next: GrantInfo | undefined) => Readonly<Record<string, string>>;
}

/** Returns the id of the button that revokes a token. */
export const revokeButtonId = (grantId: string): string => `revoke-${grantId}`;

const findUses = (grants: readonly GrantInfo[], { tokenUses }: PageServices) =>
  Promise.all(
    grants.map(async ({ clientId, grantId }) =>
      isGrantId(grantId) ? (await tokenUses.lastOf(clientId, [grantId]))[0] : undefined,
    ),
  );

/** Renders the button that revokes a token. Its accessible name stays short; its description identifies the token. */
const revokeForm = (visit: UserVisit, grant: GrantInfo, next: GrantInfo | undefined, list: TokenList): Html => {
  const { myTokens } = visit.texts;
  const { grantId, accessToken } = grant;
  const client = list.clientOf(grant);
  const fields = Object.entries(list.fieldsOf?.(next) ?? {});
  const about =
    accessToken === undefined
      ? myTokens.aboutExpired(client)
      : myTokens.about(client, time(accessToken.issuedAt, visit.texts));
  return form(
    visit,
    list.revokePath(grant),
    fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`),
    html`<button id="${revokeButtonId(grantId)}" class="danger" aria-describedby="token-${grantId}">
        ${myTokens.revoke}
      </button>
      <span class="spoken" id="token-${grantId}">${about}</span>`,
  );
};

interface RowContext {
  readonly list: TokenList;
  readonly next: GrantInfo | undefined;
  readonly lastUsedAt: number | undefined;
  readonly services: PageServices;
}

const row = (visit: UserVisit, grant: GrantInfo, context: RowContext): readonly Content[] => {
  const { list, next, lastUsedAt, services } = context;
  const { subject, scopes, audience, accessToken, refreshToken } = grant;
  const { myTokens } = visit.texts;
  const present = { now: services.clock(), language: visit.language, texts: visit.texts };
  return [
    subject === undefined ? myTokens.forApplication : breakable(subject),
    breakable(list.issuerOf(grant)),
    html`<code>${breakable(printScope(scopes))}</code>
      ${audience !== undefined && html`<small class="hint">${myTokens.only(resourceTitle(audience, services, visit.texts))}</small>`}`,
    accessToken === undefined ? '—' : time(accessToken.issuedAt, visit.texts),
    html`${relativeTime(accessToken?.expiresAt ?? refreshToken?.expiresAt, present)}
    ${accessToken === undefined && html`<small class="hint">${myTokens.refreshable}</small>`}`,
    time(lastUsedAt, visit.texts),
    revokeForm(visit, grant, next, list),
  ];
};

/** Renders the table of live tokens, each with the button that revokes it. */
export const tokensTable = async (
  visit: UserVisit,
  grants: readonly GrantInfo[],
  list: TokenList,
  services: PageServices,
): Promise<Html> => {
  const { subject, scopes, issued, expires, lastUsed } = visit.texts.myTokens.heads;
  const uses = await findUses(grants, services);
  const rows = grants.map((grant, index) =>
    row(visit, grant, { list, next: grants[index + 1] ?? grants[index - 1], lastUsedAt: uses[index], services }),
  );
  return table(list.caption, [subject, list.issuerHead, scopes, issued, expires, lastUsed, ''], rows);
};

import type { TokenOwner } from '../../grants/token-owner';
import { select } from '../../pages/fields';
import { html, type Html } from '../../pages/html';
import { labelsOf } from '../application/application-labels';
import { clientOwnersOf, type OwnApplication } from '../application/own-applications';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';

/** The tokens that My tokens lists: those of one application, or all of the user and of the user's applications. */
export interface TokenScope {
  readonly applications: readonly OwnApplication[];
  readonly chosen: OwnApplication | undefined;
}

/** Finds the scope that the query names. `undefined` if it names an application that is not of the user. */
export const findTokenScope = async (
  { user, query }: UserVisit,
  { ownApplications }: PageServices,
): Promise<TokenScope | undefined> => {
  const applications = await ownApplications.list(user);
  const wanted = query.get('application') ?? '';
  const chosen = applications.find(({ id }) => id === wanted);
  return wanted !== '' && chosen === undefined ? undefined : { applications, chosen };
};

/** Returns the owners of the tokens. */
export const ownersIn = ({ user }: UserVisit, { applications, chosen }: TokenScope): readonly TokenOwner[] =>
  chosen === undefined ? [{ user: user.subject }, ...applications.flatMap(clientOwnersOf)] : clientOwnersOf(chosen);

/** Renders the form that chooses an application by GET; nothing if none has a key. */
export const tokenFilter = ({ mount, texts }: UserVisit, { applications, chosen }: TokenScope): Html => {
  const { myTokens } = texts;
  const labels = labelsOf(applications, texts);
  const choices = applications
    .filter((application) => clientOwnersOf(application).length > 0)
    .map(({ id, name }) => ({ value: id, text: labels.get(id) ?? name }));
  if (choices.length === 0) return html``;
  const all = { value: '', text: myTokens.allApplications };
  return html`<form method="get" action="${mount}/tokens" class="search">
    <div class="row">
      ${select({ name: 'application', label: myTokens.application, chosen: chosen?.id }, [all, ...choices])}
      <button class="plain">${myTokens.show}</button>
    </div>
  </form>`;
};

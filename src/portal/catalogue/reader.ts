import type { PageServices } from '../page-services';
import type { Visit } from '../visit';
import type { Reader } from './entry';

/** Reads the applications of the user; none for a visitor of a public catalogue. */
export const readerOf = async (visit: Visit, { ownApplications }: PageServices): Promise<Reader> => {
  const { user } = visit;
  if (user === undefined) return { visit, applications: undefined };
  return { visit: { ...visit, user }, applications: await ownApplications.list(user) };
};

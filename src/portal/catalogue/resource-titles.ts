import type { Texts } from '../../pages/texts/texts';
import type { PortalServices } from '../services';

/**
 * Returns the title of the API that an identifier stands for (RFC 8707), `resources outside of the APIs` for the
 * issuer's origin, and the identifier itself if there is no such resource any more.
 */
export const resourceTitle = (
  identifier: string,
  { indicators, apis }: Pick<PortalServices, 'indicators' | 'apis'>,
  { consents }: Pick<Texts, 'consents'>,
): string => {
  const found = indicators.find(identifier);
  if (found === undefined) return identifier;
  return found.api === undefined ? consents.outsideApis : (apis.get(found.api)?.title ?? found.api);
};

import { OwnApplications } from './own-applications';
import { Returns, type ReturnPage } from './returns';
import type { PortalServices } from './services';
import { Visitors } from './visitors';

/** Services of a portal's pages: those of the gate, and those that the pages share. */
export interface PageServices extends PortalServices {
  readonly own: OwnApplications;
  readonly visitors: Visitors;
  readonly returns: Returns;
}

export const createPageServices = (services: PortalServices, pages: readonly ReturnPage[]): PageServices => ({
  ...services,
  own: new OwnApplications(services),
  visitors: new Visitors(services),
  returns: new Returns(pages),
});

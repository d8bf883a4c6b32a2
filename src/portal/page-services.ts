import { ApiDocuments } from './catalogue/api-documents';
import { Catalogue } from './catalogue/catalogue';
import { OwnApplications } from './application/own-applications';
import { ReturnAddresses, type ReturnPage } from './returns';
import type { PortalServices } from './services';
import { Visitors } from '../pages/visitors';

/** Services of a portal's pages: those of the gate, and those that the pages share. */
export interface PageServices extends PortalServices {
  readonly catalogue: Catalogue;
  readonly documents: ApiDocuments;
  readonly ownApplications: OwnApplications;
  readonly visitors: Visitors;
  readonly returnAddresses: ReturnAddresses;
}

export const createPageServices = (services: PortalServices, pages: readonly ReturnPage[]): PageServices => ({
  ...services,
  catalogue: new Catalogue(services.apis.values()),
  documents: new ApiDocuments(services),
  ownApplications: new OwnApplications(services),
  visitors: new Visitors(services),
  returnAddresses: new ReturnAddresses(pages),
});

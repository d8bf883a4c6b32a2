import type { Html } from '../../pages/html';
import type { Texts } from '../../pages/texts/texts';
import type { OwnApplication } from './own-applications';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';

/** Id of a section: the fragment of the page's URL, and the key of its title. */
export type SectionId = keyof Texts['application']['sections'];

/** A part of the page of an application. */
export interface Section {
  readonly id: SectionId;
  /** Remarks after the redirects from its forms, by the value of `done`. */
  readonly done?: (texts: Texts, application: OwnApplication) => Readonly<Record<string, string>>;
  /** Renders the content below the heading; `undefined` if the application does not have this section. */
  readonly render: (
    visit: UserVisit,
    application: OwnApplication,
    services: PageServices,
  ) => Promise<Html | undefined> | Html | undefined;
}

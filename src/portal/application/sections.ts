import { html, type Html } from '../../pages/html';
import { doneRemark } from '../forms/done';
import type { OwnApplication } from './own-applications';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';
import { clientSection } from './client-section';
import { dangerSection } from './danger-section';
import { keysSection } from './keys-section';
import type { Section } from './section';
import { settingsSection } from './settings-section';
import { snippetsSection } from './snippets-section';
import { subscriptionsSection } from './subscriptions-section';
import { tokensSection } from './tokens-section';
import { usageSection } from './usage-section';

/** The sections of an application's page, in their order. */
const SECTIONS: readonly Section[] = [
  subscriptionsSection,
  keysSection,
  snippetsSection,
  tokensSection,
  usageSection,
  clientSection,
  settingsSection,
  dangerSection,
];

interface RenderedSection {
  readonly section: Section;
  readonly content: Html;
}

const sectionHtml = (visit: UserVisit, application: OwnApplication, { section, content }: RenderedSection): Html => {
  const { id, done } = section;
  const { texts } = visit;
  return html`<section id="${id}">
    <h2>${texts.application.sections[id]}</h2>
    ${done !== undefined && doneRemark(visit, done(texts, application))} ${content}
  </section>`;
};

const contents = ({ texts: { application } }: UserVisit, rendered: readonly RenderedSection[]): Html =>
  html`<ul class="contents" aria-label="${application.contents}">
    ${rendered.map(({ section: { id } }) => html`<li><a href="#${id}">${application.sections[id]}</a></li>`)}
  </ul>`;

/** Renders the sections of an application, below links to them. */
export const applicationSections = async (
  visit: UserVisit,
  application: OwnApplication,
  services: PageServices,
): Promise<Html> => {
  // All in this tick, so that reads of the store share a round trip.
  const all = await Promise.all(
    SECTIONS.map(async (section) => ({ section, content: await section.render(visit, application, services) })),
  );
  const rendered = all.flatMap(({ section, content }) => (content === undefined ? [] : [{ section, content }]));
  return html`${contents(visit, rendered)} ${rendered.map((one) => sectionHtml(visit, application, one))}`;
};

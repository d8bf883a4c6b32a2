import { en } from '../../../src/pages/texts/en';
import { PAGES } from '../../../src/portal/routes';

/** Path and title of a page that can be opened without parameters. */
export interface OpenPage {
  readonly path: string;
  readonly title: string;
}

/** The pages with a fixed title for these users. The others need a record that exists. */
export const pagesFor = (...users: readonly (typeof PAGES)[number]['for'][]): readonly OpenPage[] =>
  PAGES.flatMap(({ path, title, for: access }) =>
    title === undefined || path.includes(':') || !users.includes(access) ? [] : [{ path, title: title(en) }],
  );

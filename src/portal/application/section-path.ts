import { applicationPath } from './application-path';
import type { SectionId } from './section';

/** Returns the path of a section of an application's page. @param done names the remark that the section shows */
export const sectionPath = (applicationId: string, section: SectionId, done?: string): string =>
  `${applicationPath(applicationId)}${done === undefined ? '' : `?done=${done}`}#${section}`;

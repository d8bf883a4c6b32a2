import { checkId, type ApplicationServices } from './application-changes';
import { infoOf, type ApplicationInfo } from './application-info';
import type { Application } from './records';
import { readCall, rules } from './values';

/** How applications are presented to people. Neither field has an effect on tokens. */
export interface ApplicationProfile {
  /**
   * Changes the display name. Users who have given their consent see the new name from then on.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE`
   */
  rename(id: string, name: string): Promise<ApplicationInfo>;
  /**
   * Sets the description, at most 500 characters; empty or omitted: removes it.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE`
   */
  setDescription(id: string, description?: string): Promise<ApplicationInfo>;
}

/** Returns the field `description` of an application. */
export const descriptionField = (description: string | undefined): Pick<Application, 'description'> =>
  description === undefined || description === '' ? {} : { description };

const withDescription = (
  { description: _before, ...rest }: Application,
  description: string | undefined,
): Application => ({ ...rest, ...descriptionField(description) });

export const createApplicationProfile = ({ directory: { applications } }: ApplicationServices): ApplicationProfile => ({
  rename: async (id, given) => {
    const { pattern, text } = rules.label;
    const name = readCall((checks) => checks.required(given, ['name'], pattern, text));
    return infoOf(await applications.change(checkId(id), (application) => ({ ...application, name })));
  },
  setDescription: async (id, given) => {
    const { pattern, text } = rules.description;
    const { description } = readCall((checks) => ({
      description: checks.text(given, ['description'], pattern, text),
    }));
    return infoOf(await applications.change(checkId(id), (present) => withDescription(present, description)));
  },
});

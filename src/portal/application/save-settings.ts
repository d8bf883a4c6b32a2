import { checkValue } from '../../directory/values';
import { redirect, type Answer } from '../../pages/answer';
import { readApplicationId } from './application-path';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';
import { sectionPath } from './section-path';

/** Handles the form of the name and the description. Only what differs is changed. */
export const saveSettings = async (
  { user, params, form: given }: UserVisit,
  { ownApplications, applications, audit }: PageServices,
): Promise<Answer> => {
  const application = await ownApplications.get(user, readApplicationId(params['id']));
  const { id } = application;
  const name = (given.get('name') ?? '').trim();
  const description = (given.get('description') ?? '').replaceAll(/\r\n?/g, '\n').trim();
  const facts = { ...actorOf(user), target: application.name };
  checkValue(description, 'description', 'description'); // before the name is changed
  if (name !== application.name) {
    await ownApplications.rename(user, application, name);
    audit.note({ action: 'rename_application', ...facts, detail: `to ${name}` });
  }
  if (description !== (application.description ?? '')) {
    await applications.setDescription(id, description);
    audit.note({ action: 'describe_application', ...facts });
  }
  return redirect(sectionPath(id, 'settings', 'settings'));
};

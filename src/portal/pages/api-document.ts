import type { Answer } from '../../pages/answer';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import type { Visit } from '../visit';
import { problem } from './problem';

const show = ({ params }: Visit, { apis, documents }: PageServices): Answer => {
  const api = apis.get(params['name'] ?? '');
  if (api === undefined) return problem.notFound;
  return { kind: 'file', name: `${api.name}.openapi.json`, type: 'application/json', text: documents.textOf(api) };
};

/** The OpenAPI document of an API as a download: the declared one without internal parts, or a generated one. */
export const apiDocumentPage: PortalPage = {
  path: '/apis/:name/openapi.json',
  for: 'readers',
  navigation: 'none',
  isReturnTarget: false,
  show,
};

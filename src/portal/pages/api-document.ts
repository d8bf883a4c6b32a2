import type { Answer } from '../../pages/answer';
import { generateDocument } from '../catalogue/generated-document';
import { publishDocument } from '../catalogue/published-document';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import type { Visit } from '../visit';
import { problem } from './problem';

const show = ({ params }: Visit, services: PageServices): Answer => {
  const api = services.apis.get(params['name'] ?? '');
  if (api === undefined) return problem.notFound;
  const { issuer, tokenUrl, authorizeUrl } = services;
  const addresses = { baseUrl: issuer.origin + api.context, tokenUrl, authorizeUrl };
  const { document } = api.documentation;
  const published = document && publishDocument(document, addresses);
  return {
    kind: 'file',
    name: `${api.name}.openapi.json`,
    type: 'application/json',
    text: `${JSON.stringify(published ?? generateDocument(api, addresses, services), null, 2)}\n`,
  };
};

/** The OpenAPI document of an API as a download: the declared one without internal parts, or a generated one. */
export const apiDocumentPage: PortalPage = {
  path: '/apis/:name/openapi.json',
  for: 'readers',
  navigation: 'none',
  isReturnTarget: false,
  show,
};

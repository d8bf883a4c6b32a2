import { html } from '../../html';
import type { Texts } from '../texts';

export const consents: Texts['consents'] = {
  title: 'Anwendungen mit Ihrer Einwilligung',
  caption: 'Ihre Einwilligungen. Mit dem Widerruf enden die zugehörigen Tokens.',
  heads: { application: 'Anwendung', apis: 'APIs', scopes: 'Erlaubte Scopes', since: 'Seit' },
  anyApi: 'alle',
  outsideApis: 'Ressourcen außerhalb der APIs',
  noScopes: 'keine',
  revoke: 'Widerrufen',
  about: (application, since) => html`die Einwilligung für ${application}, erteilt ${since}`,
};

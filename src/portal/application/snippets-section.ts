import { ENVIRONMENTS } from '../../directory/key-pairs';
import { html } from '../../pages/html';
import { tokenRequests } from '../snippets/key-snippets';
import type { Section } from './section';

/** Code that gets a token with the keys of the application. Absent without a key. */
export const snippetsSection: Section = {
  id: 'snippets',
  render: (visit, application, services) => {
    const requests = ENVIRONMENTS.flatMap((environment) => {
      const pair = application.keys[environment];
      return pair === undefined ? [] : [tokenRequests(visit, application, { ...pair, environment }, services)];
    });
    return requests.length === 0 ? undefined : html`${requests}`;
  },
};

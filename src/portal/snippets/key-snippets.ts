import type { SecretInfo } from '../../directory/application-info';
import { html, type Html } from '../../pages/html';
import type { Environment } from '../../tokens/records';
import type { OwnApplication } from '../application/own-applications';
import { snippets } from './snippets';
import type { StepServices } from './steps';
import type { UserVisit } from '../visit';

/** Services with the addresses and scopes that the code has. */
export type Addresses = StepServices;

export interface ShownKey {
  readonly environment: Environment;
  readonly clientId: string;
  readonly secrets: readonly SecretInfo[];
}

/** Renders how the key of an application gets tokens and calls an API. */
export const tokenRequests = (
  visit: UserVisit,
  application: OwnApplication,
  { environment, clientId }: Pick<ShownKey, 'environment' | 'clientId'>,
  addresses: Addresses,
): Html =>
  html`<h3>${visit.texts.snippets.title}</h3>
    ${snippets(visit, { application, environment, clientId }, addresses)}`;

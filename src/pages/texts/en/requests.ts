import type { RequestProblem } from '../../../protocol/problems';
import type { SentencesOf } from '../sentences';
import { phrases } from './phrases';

/** Sentences of error pages about a request that was refused. */
export const requests: SentencesOf<RequestProblem> = {
  too_many_failures: () => 'Too many failed attempts from your network.',
  too_many_from_network: ({ limit, max }) =>
    `Too many ${limit === 'signUpsPerNetwork' ? 'sign-ups' : 'authorization requests'} from this network: the limit is ${phrases.number(max)} per hour.`,
  https_required: () => 'Use https: this page does not accept plain http.',
  malformed_address: () => 'The address of this request is too long or is not well-formed.',
  parameter_repeated: ({ parameter }) => `The application sent the parameter ${parameter} more than once.`,
  client_id_missing: () => 'The application did not send its client_id.',
  client_unknown: () =>
    'This application is not known here, or it is disabled. The client_id must be its consumer key.',
  redirect_uri_missing: () => 'The application did not send its redirect_uri.',
  redirect_uri_unregistered: () =>
    'The redirect_uri is not one that is registered for this application. Send a registered one, byte for byte, or register this one.',
  state_malformed: ({ max }) =>
    `The state must have at most ${phrases.number(max)} characters, without control characters.`,
};

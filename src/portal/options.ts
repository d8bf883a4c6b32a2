import { Checks } from '../protocol/checks';
import type { PortalOptions, PortalServices } from './services';

/** Validated options, with their defaults. */
export type CheckedOptions = Pick<PortalServices, 'title' | 'signUp' | 'publicPath' | 'apiUrl'>;

/** @throws ConfigurationError naming every option that is unknown, of a wrong type or out of range */
export const checkOptions = (options: PortalOptions, userSource: PortalServices['userSource']): CheckedOptions => {
  const checks = new Checks();
  const fields = checks.fields(options, [], ['signUp', 'title', 'publicPath', 'apiUrl']) ?? {};
  const signUp = checks.flag(fields['signUp'], ['signUp']) ?? false;
  const title = checks.text(fields['title'], ['title'], /^[^\p{Cc}]{1,100}$/u, 'a string of 1 to 100 characters');
  const publicPath = checks.text(
    fields['publicPath'],
    ['publicPath'],
    /^(?:\/|(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+)$/,
    'a path such as /gw/store, without a slash at its end, or / for the root of a host',
  );
  const apiUrl = checks.text(
    fields['apiUrl'],
    ['apiUrl'],
    /^https?:\/\/[A-Za-z0-9.[\]:-]+(?:\/[A-Za-z0-9._~-]+)*\/?$/,
    'an http or https address such as https://api.example.com, without query and credentials',
  );
  if (apiUrl !== undefined && !URL.canParse(apiUrl)) checks.fault(['apiUrl'], 'is not an address');
  if (signUp && userSource === 'function') {
    checks.fault(['signUp'], 'is not possible with a users function: create users in its source');
  }
  checks.finish();
  return {
    signUp,
    title: title ?? 'API Store',
    publicPath: publicPath === '/' ? '' : publicPath,
    apiUrl: apiUrl?.replace(/\/$/, ''),
  };
};

import type { DenyingPlace, PathOptions } from 'scopegate';
import type { MountedEndpoints } from '../../src/endpoints/endpoints';
import type { Mounted } from '../../src/endpoints/routes';
import {
  ADVERTISED_ENDPOINTS,
  ENDPOINT_NAMES,
  PATH_ENDPOINTS,
  WELL_KNOWN_ENDPOINTS,
  type EndpointName,
} from '../../src/protocol/endpoints';

// Lines that must not compile are marked: `npm run types` fails if one of them does compile.

/** `true` if two types are the same to the compiler, and neither is `any`. */
type Same<A, B> = 0 extends 1 & A ? false : [A, B] extends [B, A] ? true : false;

declare const mounted: readonly Mounted[];

declare const complete: MountedEndpoints;
declare const withoutToken: Omit<MountedEndpoints, 'token'>;

const tables = (): readonly MountedEndpoints[] => [
  { ...withoutToken, token: mounted },
  // @ts-expect-error an endpoint without a handler
  withoutToken,
  // @ts-expect-error a handler of an endpoint that has no row
  { ...complete, userinfo: mounted },
];

const derived = (): void => {
  void (true satisfies Same<EndpointName, keyof PathOptions>);
  void (true satisfies Same<PathOptions['token'], string | false | undefined>);
  void (true satisfies Same<PathOptions['protectedResourceMetadata'], false | undefined>);
  void (true satisfies Same<
    DenyingPlace,
    'guard' | 'portal' | 'authorize' | 'token' | 'revoke' | 'introspect' | 'webSocketTicket'
  >);
};

test('the tables of endpoints compile only if they are complete', () => {
  expect([tables, derived]).toHaveLength(2);
});

test('every endpoint has a path that is an option or one that an RFC defines, and may be in the metadata', () => {
  expect([...PATH_ENDPOINTS, ...WELL_KNOWN_ENDPOINTS].toSorted()).toEqual(ENDPOINT_NAMES.toSorted());
  expect(ADVERTISED_ENDPOINTS).toEqual(['authorize', 'token', 'revoke', 'introspect']);
});

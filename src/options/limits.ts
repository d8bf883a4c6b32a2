import type { Limit } from '../throttle/failure-counters';
import type { Checks, Path } from './checks';
import { readGroup } from './field-reader';
import type { ShareOptions } from './options';
import { maximum, type Row } from './row';

/** Rows of `limits`. */
export const LIMIT_ROWS = {
  grantsPerUserAndClient: maximum('grants', {
    min: 1,
    max: 1_000,
    default: 100,
    doc: 'Live grants that one client has for one user; beyond it the oldest one, the first to expire, ends.',
  }),
  grantsPerClient: maximum('grants', {
    min: 1,
    max: 100_000_000,
    default: false,
    doc: 'Live grants of one client, with and without a user; beyond it no more are issued: 429 with `Retry-After`.',
  }),
  signUpsPerNetwork: maximum('sign-ups', {
    min: 1,
    max: 1_000_000,
    default: 20,
    doc: 'Sign-ups at the portal from one network within an hour; beyond it: 429 with `Retry-After`.',
  }),
  passwordLinksPerAdministrator: maximum('links', {
    min: 1,
    max: 1_000_000,
    default: 100,
    doc: 'Invitations and links to reset a password that one administrator creates at the portal within an hour; beyond it: 429 with `Retry-After`.',
  }),
  sessionsPerUser: maximum('sessions', {
    min: 1,
    max: 10_000,
    default: 50,
    doc: 'Sessions of one user at the portal and at `/authorize`; beyond it the oldest one ends.',
  }),
  consentsPerUser: maximum('consents', {
    min: 1,
    max: 10_000,
    default: 500,
    doc: 'Applications, by the resources that they requested, to which one user has given consent; beyond it no more are accepted.',
  }),
  authorizationsPerNetwork: maximum('requests', {
    min: 1,
    max: 1_000_000,
    default: 1_000,
    doc: 'Authorization requests from one network within an hour that wait for a sign-in or for consent; beyond it: 429 with `Retry-After`.',
  }),
  applicationsPerUser: maximum('applications', {
    min: 1,
    max: 1_000_000,
    default: 50,
    doc: 'Applications of one owner that are created at run time; beyond it no more are created.',
  }),
  secretsPerKey: maximum('secrets', {
    min: 1,
    max: 1_000,
    default: 10,
    doc: 'Secrets of one key pair, expired ones included; beyond it no more are generated.',
  }),
  auditPerActor: maximum('entries', {
    min: 1,
    max: 10_000,
    default: 1_000,
    doc: "Entries of one user, client or network in a part of an organization's [audit](events.md#audit); beyond it the oldest are dropped.",
  }),
} satisfies Record<keyof ShareOptions, Row>;

/** The option `limits`, completed. `Infinity` stands for `false`: there is no limit. */
export type Shares = Readonly<Record<keyof typeof LIMIT_ROWS, number>>;

/** Reads the option `limits`: how much one user, client or network may have or do. */
export const readLimits = (checks: Checks, value: unknown, path: Path): Shares =>
  readGroup(checks, LIMIT_ROWS, value, path);

const HOUR = 3_600;

type CountedLimit = 'signUpsPerNetwork' | 'passwordLinksPerAdministrator' | 'authorizationsPerNetwork';

const perHour = (failures: number): Limit => ({ failures, window: HOUR });

/** Returns the limits that are counted in windows, by the rule of their counter. */
export const countedLimits = (shares: Shares): Readonly<Record<CountedLimit, Limit>> => ({
  signUpsPerNetwork: perHour(shares.signUpsPerNetwork),
  passwordLinksPerAdministrator: perHour(shares.passwordLinksPerAdministrator),
  authorizationsPerNetwork: perHour(shares.authorizationsPerNetwork),
});

import type { ApplicationDeclaration, UserDeclaration } from 'scopegate';
import { APPLICATION, JANE, JOHN, type Pair, type TestScope } from './gate';

/** Records that tests declare one by one, and change. */
export const john: UserDeclaration = {
  username: 'john@gmail.com',
  organization: 'johnsorg',
  password: JOHN[1],
  roles: ['clerk'],
};
export const jane: UserDeclaration = { username: 'jane@gmail.com', organization: 'johnsorg', password: JANE[1] };
export const orders: ApplicationDeclaration<TestScope> = {
  name: 'Orders app',
  owner: JOHN[0],
  consumerKey: APPLICATION[0],
  consumerSecret: APPLICATION[1],
};
export const OTHER: Pair = ['other', 'other-secret'];
export const other = { ...orders, name: 'Other app', consumerKey: OTHER[0], consumerSecret: OTHER[1] };

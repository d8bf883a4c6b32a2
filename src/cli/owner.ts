import { normalFullName } from '../directory/usernames';
import type { ApplicationInfo } from '../directory/application-info';
import type { UserInfo } from '../directory/user-info';
import { Problem } from './failure';
import { MAX_COMPARED, nearest, nearestOf } from './nearest';
import type { OperatorGate } from './operator-gate';

/** A user as commands print it. */
export type ListedUser = UserInfo & {
  /** True if a gate declares the user in its options. */
  readonly declared: boolean;
};

/** An application as commands print it. */
export type ListedApplication = ApplicationInfo & { readonly declared: boolean };

/** Yields all users: those created at run time, then those that gates declare. */
export async function* listUsers({ gate: { directory } }: Pick<OperatorGate, 'gate'>): AsyncGenerator<ListedUser> {
  for await (const user of directory.users.list()) yield { ...user, declared: false };
  for await (const user of directory.users.listDeclaredElsewhere()) yield { ...user, declared: true };
}

/** Yields all applications. The display name of a declared one is that of the gateway's file, if one was given. */
export async function* listApplications({ gate, declared }: OperatorGate): AsyncGenerator<ListedApplication> {
  const names = new Map(declared.applications?.map(({ consumerKey, name }) => [consumerKey, name]));
  for await (const application of gate.directory.applications.list()) yield { ...application, declared: false };
  for await (const application of gate.directory.applications.listDeclaredElsewhere()) {
    yield { ...application, name: names.get(application.id) ?? application.name, declared: true };
  }
}

async function* usernamesOf(users: AsyncIterable<ListedUser>): AsyncGenerator<string> {
  for await (const { username } of users) yield username;
}

/** Returns the form in which a user's name is stored; a name that cannot be one is returned unchanged. */
export const normalUser = (name: string): string => normalFullName({ name }) ?? name;

/** Finds a user, created at run time or declared by a gate. */
export const findUser = async (opened: OperatorGate, name: string): Promise<ListedUser | undefined> => {
  const stored = await opened.gate.directory.users.find(name);
  if (stored !== undefined) return { ...stored, declared: false };
  const normal = normalUser(name);
  for await (const user of opened.gate.directory.users.listDeclaredElsewhere()) {
    if (user.username === normal) return { ...user, declared: true };
  }
  return undefined;
};

/**
 * Checks whether the name may be of a user: one of the directory, or any if the directory has none, because a `users`
 * function provides the users then.
 */
export const mayBeUser = async (opened: OperatorGate, name: string): Promise<boolean> => {
  if ((await findUser(opened, name)) !== undefined) return true;
  const { done } = await listUsers(opened).next();
  return done === true;
};

/** Returns the end of a message about an unknown user: a question with the user that was probably meant, or nothing. */
export const nearestUser = (opened: OperatorGate, name: string): Promise<string> =>
  nearest(name, usernamesOf(listUsers(opened)));

/** Finds a user; `undefined` if the name may be one of a `users` function. @throws Problem if there is no such user */
export const refuseUnknownUser = async (opened: OperatorGate, name: string): Promise<ListedUser | undefined> =>
  (await mayBeUser(opened, name)) ? findUser(opened, name) : findExistingUser(opened, name);

/** Finds the user that a command is about. @throws Problem if there is none */
export const findExistingUser = async (opened: OperatorGate, name: string): Promise<ListedUser> => {
  const user = await findUser(opened, name);
  if (user !== undefined) return user;
  throw new Problem(`There is no user of this name${await nearestUser(opened, name)}`);
};

/** Finds the application that has a consumer key, or this id. @throws Problem if there is none */
export const findApplication = async (opened: OperatorGate, key: string): Promise<ListedApplication> => {
  const known: string[] = [];
  for await (const application of listApplications(opened)) {
    const keys = [application.id, ...Object.values(application.keys).map(({ clientId }) => clientId)];
    if (keys.includes(key)) return application;
    if (known.length < MAX_COMPARED) known.push(...keys);
  }
  throw new Problem(`There is no application with this consumer key${nearestOf(key, known)}`);
};

import { normalFullName } from '../directory/usernames';
import type { ApplicationInfo } from '../directory/application-info';
import type { UserInfo } from '../directory/user-info';
import { Problem } from './failure';
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

/** Finds the application that has a consumer key. @throws Problem if there is none */
export const findApplication = async (opened: OperatorGate, consumerKey: string): Promise<ListedApplication> => {
  for await (const application of listApplications(opened)) {
    const hasKey = Object.values(application.keys).some(({ clientId }) => clientId === consumerKey);
    if (hasKey) return application;
  }
  throw new Problem('There is no application with this consumer key');
};

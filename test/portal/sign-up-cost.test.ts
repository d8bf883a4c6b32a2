import type { ScopegateOptions } from 'scopegate';
import { aMonitor, aRedis } from '../support/redis/clients';
import { ownRedis, randomPrefix } from '../support/redis/redis';
import {
  openSignUp,
  portalOptions,
  servePortal,
  type ServedPortal,
  type ServeOptions,
} from '../support/portal/served-portal';
import { PortalVisitor } from '../support/portal/visitor';
import { until } from '../support/time/waiting';

const url = ownRedis().then(({ url: address }) => address);

/** The commands on keys of the directory, those of scripts included, while `act` runs. */
const directoryCommands = async (prefix: string, act: () => Promise<unknown>): Promise<readonly string[]> => {
  const monitor = await aMonitor(aRedis({}, await url));
  const seen: string[] = [];
  let isOver = false;
  monitor.on('monitor', (_time: string, [command = '', ...args]: readonly string[]) => {
    if (args.includes(`${prefix}end`)) isOver = true;
    if (args.some((arg) => arg.startsWith(`${prefix}{directory}`)))
      seen.push(`${command} ${args[0]?.replace(prefix, '')}`);
  });
  await act();
  await aRedis({}, await url).get(`${prefix}end`); // what was sent before has been seen when this is
  await until(() => isOver);
  monitor.disconnect();
  return seen.map((line) => line.toLowerCase());
};

const signUp = async (portal: ServedPortal, username: string, organization: string) => {
  const visitor = new PortalVisitor(portal);
  const form_token = await visitor.formToken('/sign-up', '/sign-up');
  const passwords = { password: 'sign-up-password', again: 'sign-up-password' };
  return () => visitor.post('/sign-up', { form_token, username, organization, ...passwords });
};

const bare = { organizations: [], users: [], applications: [] };

const declared = {
  applications: portalOptions().applications?.map((app) => ({ ...app, owner: 'ghost@johnsorg' })) ?? [],
};

const kinds: readonly (readonly [name: string, options: Partial<ScopegateOptions>, serve: ServeOptions])[] = [
  ['in a declared organization', declared, openSignUp],
  ['in an organization that was created at run time', bare, openSignUp],
  ['without organizations', bare, { portal: { signUp: true } }],
];

describe.each(kinds)('a sign-up %s', (name, options, serve) => {
  it('costs the same few commands whatever the number of users and applications', async () => {
    const prefix = randomPrefix();
    const redis = aRedis({}, await url);
    const limits = { signUpsPerNetwork: false, applicationsPerUser: false } as const;
    const portal = await servePortal({ redis, prefix, limits, ...options }, serve);
    const { organizations, users, applications } = portal.gate.directory;
    if (name.includes('run time')) await organizations.create({ key: 'johnsorg' });
    const organization = name.includes('without') ? undefined : 'johnsorg';
    const ending = organization === undefined ? '' : '@johnsorg';
    const fill = async (from: number, to: number): Promise<void> => {
      for (let count = from; count < to; count += 1) {
        await applications.create({ name: `App ${count}`, owner: `owner${count % 5}${ending}` });
      }
      const password = 'user-password';
      for (let count = from; count < to / 10; count += 1) {
        await users.create({
          username: `user${count}`,
          password,
          ...(organization === undefined ? {} : { organization }),
        });
      }
    };
    const measure = async (username: string): Promise<readonly string[]> => {
      const send = await signUp(portal, username, 'johnsorg');
      return directoryCommands(prefix, async () => expect(await send()).toMatchObject({ status: 303 }));
    };
    await fill(0, 10);
    await measure('first'); // the scripts are known from now on
    const few = [await measure('new1'), await measure('new1'), await measure('owner3')];
    await fill(10, 1_000);
    const many = [await measure('new2'), await measure('new2'), await measure('owner3')];
    expect(many.map(({ length }) => length)).toEqual(few.map(({ length }) => length));
    for (const commands of [...few, ...many]) {
      expect(commands.length).toBeLessThan(20);
      expect(commands.filter((command) => command === 'hlen {directory}:organizations').length).toBeLessThanOrEqual(1);
      expect(commands.join('\n')).not.toContain('hscan');
    }
    expect(await users.find(`owner3${ending}`)).toBeUndefined();
  }, 60_000);
});

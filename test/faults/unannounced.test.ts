import { anApplication } from '../support/gate/applications';
import { aGate, type TestGate } from '../support/gate/gate';
import { ownRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';

const KIM = ['kim@johnsorg', 'kim-password'] as const;

type Change = (tested: TestGate, applicationId: string) => Promise<unknown>;

const changes: readonly [string, Change][] = [
  ['an application is disabled', ({ gate }, id) => gate.directory.applications.disable(id)],
  ['an application gets another list of scopes', ({ gate }, id) => gate.directory.applications.setScopes(id, ['read'])],
  ['a user is disabled', ({ gate }) => gate.directory.users.disable(KIM[0])],
  ['a user gets another password', ({ gate }) => gate.directory.users.setPassword(KIM[0], 'another-password')],
  ['a user gets other roles', ({ gate }) => gate.directory.users.setRoles(KIM[0], ['clerk'])],
];

it.each(changes)(
  'S-331 if %s and that cannot be announced, the call fails and the tokens end',
  async (_what, change) => {
    const server = await ownRedis();
    const admin = await server.client();
    await admin.call('ACL', 'SETUSER', 'mute', 'on', '>pw', '~*', '+@all', '&*');
    const tested = aGate({ redis: aRedis({ username: 'mute', password: 'pw' }, server.url) });
    await tested.gate.ready();
    await tested.gate.directory.users.create({ username: 'kim', organization: 'johnsorg', password: KIM[1] });
    const made = await anApplication(tested);
    const { access_token: token } = await tested.signIn([...KIM], undefined, made.keys);
    await tested.get('/me', token).expect(200);
    await admin.call('ACL', 'SETUSER', 'mute', 'resetchannels');
    await expect(change(tested, made.id)).rejects.toMatchObject({ code: 'ERR_SCOPEGATE_STORE_UNAVAILABLE' });
    await tested.get('/me', token).expect(401);
  },
);

import { aGate, JOHN } from '../support/gate';
import { anApplication } from '../support/applications';
import { ownRedis } from '../support/redis';
import { aRedis } from '../support/redis-clients';

it('ends the tokens of an application that is disabled where the change cannot be announced', async () => {
  const server = await ownRedis();
  const admin = await server.client();
  await admin.call('ACL', 'SETUSER', 'mute', 'on', '>pw', '~*', '+@all', '&*');
  const redis = aRedis({ username: 'mute', password: 'pw' }, server.url);
  const tested = aGate({ redis });
  await tested.gate.ready();
  const made = await anApplication(tested);
  const { access_token } = await tested.signIn(JOHN, undefined, made.keys);
  await tested.get('/me', access_token).expect(200);
  await admin.call('ACL', 'SETUSER', 'mute', 'resetchannels');
  await expect(tested.gate.directory.applications.disable(made.id)).rejects.toThrow();
  await expect(tested.gate.directory.applications.disable(made.id)).rejects.toThrow();
  const { status } = await tested.get('/me', access_token);
  await tested.close();
  await server.close();
  expect(status).toBe(401);
}, 20_000);

import { aGate, JOHN } from '../support/gate/gate';
import { commandsDuring } from '../support/redis/commands';
import { ownRedis } from '../support/redis/redis';
import { passwordForm } from '../support/tokens/forms';

it('a wrong password of a declared user sends the store as many commands as an unknown user', async () => {
  const server = await ownRedis();
  const [redis, watching] = [await server.client(), await server.client()];
  const tested = aGate({ redis, cache: false, throttle: false as never });
  await tested.gate.ready();
  await tested.signIn();
  const guess = async (username: string): Promise<void> => {
    const form = passwordForm([username, 'wrong']);
    await tested.token(form).expect(400);
  };
  await guess('nobody@johnsorg');
  const known = await commandsDuring(watching, () => guess(JOHN[0]));
  const unknown = await commandsDuring(watching, () => guess('nobody@johnsorg'));
  await tested.close();
  await server.close();
  expect(known['hget'] ?? 0).toBe(unknown['hget'] ?? 0);
}, 20_000);

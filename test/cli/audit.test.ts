import { auditedGate } from '../../src/scopegate';
import type { AuditEntry } from '../../src/audit/audit-log';
import { BUILD_DEADLINE_MS, buildCommand, runCommand, runJson } from '../support/cli/command';
import { aCommandedGate } from '../support/cli/commanded-gate';
import { APPLICATION, closeAtEnd, JOHN } from '../support/gate/gate';
import { testRedis } from '../support/redis/redis';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

/** Reads the audit of John's organization. Returns it oldest first. */
const auditIn = async (prefix: string): Promise<readonly AuditEntry[]> => {
  const { gate, auditLog } = auditedGate({ issuer: 'http://127.0.0.1', redis: await testRedis(), prefix });
  closeAtEnd(gate);
  const { entries } = await auditLog.list('johnsorg', { limit: 100 });
  return entries.toReversed();
};

describe('the audit of an organization', () => {
  it('has what was done on the command line, without a secret', async () => {
    const { tested, store } = await aCommandedGate();
    const [, , , prefix = ''] = store;
    await tested.signIn();
    const secrets: string[] = [];
    const done = async (args: readonly string[], input = ''): Promise<void> => {
      const { code, stdout, stderr } = await runCommand([...args, ...store], { input });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      secrets.push(...(/^consumer secret: (\S+)$/m.exec(stdout) ?? []).slice(1), ...(input === '' ? [] : [input]));
    };
    await done(['tokens', 'revoke', '--user', JOHN[0]]);
    await done(['users', 'disable', JOHN[0]]);
    await done(['users', 'enable', JOHN[0]]);
    await done(['users', 'unlock', JOHN[0]]);
    await done(['sessions', 'end', '--user', JOHN[0]]);
    await done(['users', 'create', 'kim@johnsorg', '--roles', 'clerk'], 'kims-own-password');
    await done(['users', 'set-password', 'kim@johnsorg'], 'kims-next-password');
    await done(['applications', 'disable', APPLICATION[0]]);
    const { id } = (await runJson(['applications', 'create', 'Night', '--owner', JOHN[0], ...store])) as { id: string };
    await done(['applications', 'generate-keys', id, '--environment', 'sandbox']);
    await done(['applications', 'remove', id]);
    await done(['users', 'remove', 'kim@johnsorg']);

    const entries = await auditIn(prefix);
    expect(entries.map(({ action, target, actor }) => [action, target, actor])).toEqual(
      [
        ['revoke_tokens', JOHN[0]],
        ['disable_user', JOHN[0]],
        ['enable_user', JOHN[0]],
        ['unlock_user', JOHN[0]],
        ['end_sessions', JOHN[0]],
        ['create_user', 'kim@johnsorg'],
        ['set_password', 'kim@johnsorg'],
        ['disable_application', APPLICATION[0]],
        ['create_application', 'Night'],
        ['generate_keys', 'Night'],
        ['remove_application', 'Night'],
        ['remove_user', 'kim@johnsorg'],
      ].map(([action, target]) => [action, target, 'operator (command line)']),
    );
    expect(secrets).toHaveLength(3);
    for (const secret of secrets) expect(JSON.stringify(entries)).not.toContain(secret);
  });

  it('has nothing of a command that failed', async () => {
    const { store } = await aCommandedGate();
    const [, , , prefix = ''] = store;
    expect((await runCommand(['users', 'disable', 'unknown@johnsorg', ...store])).code).toBe(1);
    expect(await auditIn(prefix)).toEqual([]);
  });
});

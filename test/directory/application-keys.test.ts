import type { ScopegateOptions } from 'scopegate';
import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import { aGate, JOHN, type TestGate, type TestScope } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm, refreshForm } from '../support/tokens/forms';
import { BAD_VALUE, createApplication, EXISTS, NOT_FOUND, pairOf } from '../support/gate/managed-directory';
import { statusOf } from '../support/gate/api-gate';

describe.each(everyStore)('management in %s', (_name, freshStore) => {
  const open = async (overrides: Partial<ScopegateOptions<TestScope>> = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), ...overrides });

  describe('of applications', () => {
    test('S-292 returns a generated secret once and never again', async () => {
      const test = await open();
      const { info, keys } = await createApplication(test);
      expect(keys).toEqual({
        clientId: expect.stringMatching(/^[A-Za-z0-9]{28}$/),
        clientSecret: expect.stringMatching(/^sgs_[A-Za-z0-9_-]{49}$/),
        secretId: expect.any(String),
      });
      await test.signIn(JOHN, undefined, pairOf(keys));
      const { applications } = test.gate.directory;
      const shown = JSON.stringify([
        await applications.find(info.id),
        await collect(applications.list()),
        await applications.disable(info.id),
      ]);
      expect(shown).not.toContain(keys.clientSecret);
      expect(shown).not.toContain('digest');
      expect((await applications.find(info.id))?.keys).toEqual({
        production: {
          clientId: keys.clientId,
          secrets: [{ id: keys.secretId, lastFour: keys.clientSecret.slice(-4), createdAt: expect.any(Number) }],
        },
      });
    });

    test('generates a key pair for each environment, and the token names the environment', async () => {
      const test = await open();
      const { info, keys } = await createApplication(test);
      const sandbox = await test.gate.directory.applications.generateKeys(info.id, { environment: 'sandbox' });
      expect(sandbox.clientId).not.toBe(keys.clientId);
      for (const [environment, pair] of [
        ['production', keys],
        ['sandbox', sandbox],
      ] as const) {
        const { access_token } = await test.signIn(JOHN, undefined, pairOf(pair));
        expect((await test.get('/me', access_token)).body).toMatchObject({ environment, clientId: pair.clientId });
      }
      expect(await statusOf(test.token(passwordForm(JOHN), [keys.clientId, sandbox.clientSecret]))).toBe(401);
      const staging = 'staging' as 'sandbox';
      expect(
        await rejectionOf(test.gate.directory.applications.generateKeys(info.id, { environment: staging })),
      ).toEqual(BAD_VALUE);
    });

    test('S-049 accepts imported keys, so that clients of an earlier system keep working', async () => {
      const test = await open();
      const { applications } = test.gate.directory;
      const { id } = await applications.create({ name: 'Old', owner: JOHN[0] });
      const order = { environment: 'production', clientId: 'old.key', clientSecret: 'a:b:c' } as const;
      expect(await applications.generateKeys(id, order)).toMatchObject({ clientId: 'old.key', clientSecret: 'a:b:c' });
      await test.signIn(JOHN, undefined, ['old.key', 'a:b:c']);
      expect(await statusOf(test.token(passwordForm(JOHN), ['old.key', 'a:b']))).toBe(401);
      expect(await statusOf(test.token(passwordForm(JOHN), ['old.key', 'a']))).toBe(401);
    });

    test('S-050 refuses imported keys that cannot be sent in a request', async () => {
      const { applications } = (await open()).gate.directory;
      const { id } = await applications.create({ name: 'Old', owner: JOHN[0] });
      const order = { environment: 'production', clientId: 'k', clientSecret: 's' } as const;
      for (const clientId of ['with:colon', '', 'with space', 'é', 'a\n', 'x'.repeat(129)]) {
        expect(await rejectionOf(applications.generateKeys(id, { ...order, clientId }))).toEqual(BAD_VALUE);
      }
      for (const clientSecret of ['', 'é-canary', 'a\n-canary', 'x'.repeat(257)]) {
        const thrown = await rejectionOf(applications.generateKeys(id, { ...order, clientSecret }));
        expect(thrown).toEqual(BAD_VALUE);
        expect((thrown as Error).message).not.toContain('canary');
      }
      expect((await applications.find(id))?.keys).toEqual({});
      await applications.generateKeys(id, order);
    });

    test('S-289 refuses a key of another application, declared or created, and does not change that one', async () => {
      const test = await open();
      const { applications } = test.gate.directory;
      const { keys } = await createApplication(test);
      const { id } = await applications.create({ name: 'Second', owner: JOHN[0] });
      for (const clientId of ['key', keys.clientId]) {
        const order = { environment: 'production', clientId, clientSecret: 'stolen' } as const;
        expect(await rejectionOf(applications.generateKeys(id, order))).toEqual(EXISTS);
        expect(await statusOf(test.token(passwordForm(JOHN), [clientId, 'stolen']))).toBe(401);
      }
      await test.signIn();
      await test.signIn(JOHN, undefined, pairOf(keys));
    });

    test('refuses the key of one environment for the other, because its secret could never be used', async () => {
      const test = await open();
      const { info, keys } = await createApplication(test);
      const { applications } = test.gate.directory;
      const order = { environment: 'sandbox', clientId: keys.clientId, clientSecret: 'other' } as const;
      expect(await rejectionOf(applications.generateKeys(info.id, order))).toMatchObject({ name: 'DirectoryError' });
      expect((await applications.find(info.id))?.keys.sandbox).toBeUndefined();
      const { access_token } = await test.signIn(JOHN, undefined, pairOf(keys));
      expect((await test.get('/me', access_token)).body).toMatchObject({ environment: 'production' });
    });

    test('S-073 keeps several secrets for one key, each until it expires', async () => {
      const clock = aClock();
      const test = await open({ clock: clock.now });
      const { info, keys } = await createApplication(test);
      const { applications } = test.gate.directory;
      const order = { environment: 'production', label: 'rotation', expiresAt: clock.now() + 60 } as const;
      const second = await applications.generateKeys(info.id, order);
      expect(second.clientId).toBe(keys.clientId);
      expect((await applications.find(info.id))?.keys.production?.secrets).toMatchObject([
        { id: keys.secretId },
        { id: second.secretId, label: 'rotation', expiresAt: order.expiresAt, createdAt: clock.now() },
      ]);
      for (const pair of [keys, second]) await test.signIn(JOHN, undefined, pairOf(pair));

      clock.advance(59.999);
      await test.signIn(JOHN, undefined, pairOf(second));
      clock.advance(0.001);
      expect(await statusOf(test.token(passwordForm(JOHN), pairOf(second)))).toBe(401);
      await test.signIn(JOHN, undefined, pairOf(keys));
    });

    test('refuses an invalid label or expiry', async () => {
      const test = await open();
      const { info } = await createApplication(test);
      const { applications } = test.gate.directory;
      for (const order of [
        { label: 'a\nb' },
        { expiresAt: Number.NaN },
        { expiresAt: '2030-01-01' as unknown as number },
      ]) {
        expect(await rejectionOf(applications.generateKeys(info.id, { environment: 'production', ...order }))).toEqual(
          BAD_VALUE,
        );
      }
      expect((await applications.find(info.id))?.keys.production?.secrets).toHaveLength(1);
    });

    test('S-299 keeps each of many secrets that are created concurrently', async () => {
      const test = await open();
      const { info, keys } = await createApplication(test);
      const { applications } = test.gate.directory;
      const made = await Promise.all(
        Array.from({ length: 5 }, () => applications.generateKeys(info.id, { environment: 'production' })),
      );
      expect((await applications.find(info.id))?.keys.production?.secrets).toHaveLength(6);
      for (const pair of [keys, ...made]) await test.signIn(JOHN, undefined, pairOf(pair));
    });

    test('S-299 creates one key for many concurrent first calls, and refuses the rest', async () => {
      const test = await open();
      const { applications } = test.gate.directory;
      const { id } = await applications.create({ name: 'New', owner: JOHN[0] });
      const orders = Array.from({ length: 5 }, () => applications.generateKeys(id, { environment: 'production' }));
      const made = (await Promise.allSettled(orders)).flatMap((outcome) => {
        if (outcome.status === 'fulfilled') return [outcome.value];
        expect(outcome.reason).toMatchObject({ name: 'DirectoryError' });
        return [];
      });
      expect(made.length).toBeGreaterThan(0);
      for (const pair of made) await test.signIn(JOHN, undefined, pairOf(pair));
    });

    test('revokes a secret and the grants of its key, and keeps the other secrets', async () => {
      const test = await open();
      const { info, keys } = await createApplication(test);
      const { applications } = test.gate.directory;
      const second = await applications.generateKeys(info.id, { environment: 'production' });
      const sandbox = await applications.generateKeys(info.id, { environment: 'sandbox' });
      const tokens = await test.signIn(JOHN, undefined, pairOf(keys));
      const inSandbox = await test.signIn(JOHN, undefined, pairOf(sandbox));

      expect((await applications.revokeSecret(info.id, keys.secretId)).keys.production?.secrets).toMatchObject([
        { id: second.secretId },
      ]);
      expect(await statusOf(test.token(passwordForm(JOHN), pairOf(keys)))).toBe(401);
      expect(await statusOf(test.get('/me', tokens.access_token))).toBe(401);
      expect((await test.token(refreshForm(tokens.refresh_token), pairOf(second))).body).toMatchObject({
        error: 'invalid_grant',
      });
      await test.signIn(JOHN, undefined, pairOf(second));
      expect(await statusOf(test.get('/me', inSandbox.access_token))).toBe(200);
      for (const secretId of [keys.secretId, 'nothing']) {
        expect(await rejectionOf(applications.revokeSecret(info.id, secretId))).toEqual(NOT_FOUND);
      }
    });

    test('S-072 refuses a client that has lost its last secret, and accepts a new secret for it', async () => {
      const test = await open();
      const { info, keys } = await createApplication(test);
      const { applications } = test.gate.directory;
      await applications.revokeSecret(info.id, keys.secretId);
      for (const secret of [keys.clientSecret, '']) {
        expect(await statusOf(test.token(passwordForm(JOHN), [keys.clientId, secret]))).toBe(401);
      }
      const fresh = await applications.generateKeys(info.id, { environment: 'production' });
      expect(fresh.clientId).toBe(keys.clientId);
      await test.signIn(JOHN, undefined, pairOf(fresh));
    });
  });
});

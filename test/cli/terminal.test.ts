import { BUILD_DEADLINE_MS, buildCommand } from '../support/cli/command';
import { aCommandedGate } from '../support/cli/commanded-gate';
import { typedCommand } from '../support/cli/typed-command';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

const PASSWORD = 'kims-typed-password';

/** Expects a terminal that echoes what is typed, and reads lines. */
const expectRestored = (shown: string): void => {
  expect(shown).toMatch(/(?<!-)\bicanon\b/);
  expect(shown).toMatch(/(?<!-)\becho\b/);
};

describe('a password that is typed at a terminal', () => {
  it('is asked for twice, is not shown, and can be corrected', async () => {
    const { tested, store } = await aCommandedGate();
    const typed = typedCommand(['users', 'create', 'kim@johnsorg', ...store]);
    await typed.typeAfter('New password: ', `wrong\u0015${PASSWORD}\u001B[Dxé\u007F\u007F\r`);
    await typed.typeAfter('again: ', `${PASSWORD}\r`);
    await typed.closed;
    expect(typed.shown()).toContain('The user kim@johnsorg is created\r\nexit=0');
    expect(typed.shown()).not.toMatch(/wrong|typed/);
    expectRestored(typed.shown());
    await tested.signIn(['kim@johnsorg', PASSWORD]);
  });

  it('is refused if the second one is different', async () => {
    const { tested, store } = await aCommandedGate();
    const typed = typedCommand(['users', 'create', 'kim@johnsorg', ...store]);
    await typed.typeAfter('New password: ', `${PASSWORD}\r`);
    await typed.typeAfter('again: ', `${PASSWORD}s\r`);
    await typed.closed;
    expect(typed.shown()).toMatch(/The passwords are different\. Nothing was done[^]*exit=2/);
    expect(await tested.gate.directory.users.find('kim@johnsorg')).toBeUndefined();
  });

  it('is not read after Ctrl-C: the command exits with 130, does nothing, and restores the terminal', async () => {
    const { tested, store } = await aCommandedGate();
    const typed = typedCommand(['users', 'create', 'kim@johnsorg', ...store]);
    await typed.typeAfter('New password: ', `${PASSWORD}\u0003`);
    await typed.closed;
    expect(typed.shown()).toMatch(/Nothing was done[^]*exit=130/);
    expect(typed.shown()).not.toContain(PASSWORD);
    expectRestored(typed.shown());
    expect(await tested.gate.directory.users.find('kim@johnsorg')).toBeUndefined();
  });
});

describe('a token that is typed at a terminal', () => {
  it('is asked for once, and not shown', async () => {
    const { tested, store } = await aCommandedGate();
    const { access_token } = await tested.signIn();
    const typed = typedCommand(['tokens', 'revoke', '--token-file', '-', ...store]);
    await typed.typeAfter('Token: ', `${access_token}\r`);
    await typed.closed;
    expect(typed.shown()).toContain('exit=0');
    expect(typed.shown()).not.toContain(access_token);
  });
});

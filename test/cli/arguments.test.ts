import { readArguments } from '../../src/cli/arguments';
import { WrongUse } from '../../src/cli/failure';

const FLAGS = { secret: { value: 'ID', doc: 'id of a secret' }, json: { doc: 'print JSON' }, help: { doc: 'help' } };

const read = (...args: readonly string[]) => readArguments(args, FLAGS);

describe('the arguments of a command', () => {
  it('may be an id that begins with a dash, which every 64th does', () => {
    expect(read('applications', 'show', '-T3xK_ab-9Q', '--json')).toEqual({
      positionals: ['applications', 'show', '-T3xK_ab-9Q'],
      values: { json: 'true' },
    });
    expect(read('applications', 'revoke-secret', '-T3xK_ab-9Q', '--secret', '-juMKeCJytR5')).toEqual({
      positionals: ['applications', 'revoke-secret', '-T3xK_ab-9Q'],
      values: { secret: '-juMKeCJytR5' },
    });
    expect(read('show', '--secret=-juMKeCJytR5', '--', '-h').positionals).toEqual(['show', '-h']);
  });

  it('may repeat an option whose values are a list, and no other one', () => {
    const flags = { ...FLAGS, uri: { value: 'URI', isRepeatable: true, doc: 'a URI' } } as const;
    expect(readArguments(['x', '--uri', 'a:b', '--uri=c:d'], flags).values).toEqual({ uri: 'a:b c:d' });
    expect(readArguments(['x', '--uri', 'a:b'], flags).values).toEqual({ uri: 'a:b' });
    expect(read('x', '--secret', 'a', '--secret', 'b').values).toEqual({ secret: 'b' });
  });

  it('are refused if they are short options that do not exist', () => {
    expect(() => read('applications', 'show', '-T')).toThrow(WrongUse);
    expect(() => read('applications', 'show', '--secrte', 'id')).toThrow("Unknown option '--secrte'");
    expect(read('-h').values).toEqual({ help: 'true' });
  });
});

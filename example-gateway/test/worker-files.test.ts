import { unlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { readConfiguration } from '../src/configuration/configuration';
import { sourceFiles } from '../src/configuration/source-files';
import { faultsWith, read } from './support/faults';
import { aConfiguration, aFile, anApplication } from './support/gateway';

describe('the number of workers', () => {
  const workersOf = (workers: unknown): number => read(JSON.stringify(aConfiguration({ workers }))).workers;

  it.each([
    [undefined, 1],
    [1, 1],
    [64, 64],
    ['auto', Math.min(availableParallelism(), 64)],
  ])('is read from %p as %p', (written, expected) => {
    expect(workersOf(written)).toBe(expected);
  });

  it.each([0, -1, 65, 1.5, '2', 'all', true, [], {}])('is not %p', async (written) => {
    expect(await faultsWith({ workers: written })).toEqual([
      'workers: must be a whole number from 1 to 64, or auto for one for each processor core',
    ]);
  });
});

describe('recorded files', () => {
  it('are read again in place of changed and removed ones', () => {
    const secret = aFile('first-secret\n', 'secret-of-worker');
    const applications = [anApplication({ consumerSecret: { file: basename(secret) } })];
    const file = aFile(JSON.stringify(aConfiguration({ realm: 'first', applications })));
    const { value, files } = sourceFiles.record(() => readConfiguration(file, {}));
    expect([...files.keys()]).toEqual([file, secret]);

    writeFileSync(file, 'faulty: [');
    unlinkSync(secret);
    const replayed = sourceFiles.replay(files, () => readConfiguration(file, {}));
    expect(replayed.options).toEqual(value.options);
    expect(replayed.options['realm']).toBe('first');
    expect(() => readConfiguration(file, {})).toThrow();
  });

  it('are the only ones that can be read', () => {
    const file = aFile(JSON.stringify(aConfiguration()));
    expect(() => sourceFiles.replay(new Map(), () => readConfiguration(file, {}))).toThrow('no such file');
  });
});

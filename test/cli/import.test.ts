import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD_DEADLINE_MS, buildCommand, freshPath, runCommand, runJson } from '../support/cli/command';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

const sample = (name: string): string => join(__dirname, '../../example-gateway/test/import/samples', name);
const STARTED = sample('express-gateway/getting-started');

describe('scopegate import', () => {
  it('writes both files into the folder of --out, prints them, and exits with 0', async () => {
    const out = freshPath();
    const file = join(out, 'gateway.yaml');
    const { code, stdout, stderr } = await runCommand(['import', 'express-gateway', STARTED, '--out', out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `${file}: 1 API with 1 resource\n${join(out, 'import-report.md')}: 5 keys without a counterpart\n`,
    );
    expect(await runCommand(['check', file])).toMatchObject({ code: 0, stdout: `${file} is valid\n` });
  });

  it('imports an archive of WSO2, and names the variables that the file needs', async () => {
    const out = freshPath();
    const { code, stdout } = await runCommand(['import', 'wso2', sample('wso2/sampleapi.zip'), '--out', out]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('variables SAMPLEAPI_UPSTREAM') as unknown,
    });
    const environment = { SAMPLEAPI_UPSTREAM: 'http://127.0.0.1:9000' };
    expect(await runCommand(['check', join(out, 'gateway.yaml')], { environment })).toMatchObject({ code: 0 });
  });

  it('prints one JSON document with --json', async () => {
    const out = freshPath();
    expect(await runJson(['import', 'express-gateway', STARTED, '--out', out])).toMatchObject({
      files: [join(out, 'gateway.yaml'), join(out, 'import-report.md')],
      apis: 1,
      resources: 1,
      faults: [],
      variables: [],
      gaps: expect.arrayContaining([
        {
          place: { file: 'config/gateway.config.yml', line: 3, key: 'admin' },
          problem: expect.any(String) as unknown,
          instead: expect.any(String) as unknown,
        },
      ]) as unknown,
    });
  });

  it('overwrites nothing, and exits with 1', async () => {
    const out = freshPath();
    await runCommand(['import', 'express-gateway', STARTED, '--out', out]);
    const before = readFileSync(join(out, 'gateway.yaml'), 'utf8');
    const message = `${join(out, 'gateway.yaml')}: exists already, and is never overwritten`;
    expect(await runJson(['import', 'express-gateway', STARTED, '--out', out], {}, 1)).toEqual({
      error: { code: 'import', message },
    });
    expect(readFileSync(join(out, 'gateway.yaml'), 'utf8')).toBe(before);
  });

  it('exits with 1 if there is nothing to import, and with 2 if it is called wrongly', async () => {
    const nowhere = freshPath();
    expect(await runCommand(['import', 'wso2', nowhere])).toEqual({
      code: 1,
      stdout: '',
      stderr: `${nowhere}: there is no such file or folder\n`,
    });
    expect(await runCommand(['import', 'kong', STARTED])).toMatchObject({ code: 2 });
    expect(await runCommand(['import', 'wso2'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PATH is missing') as unknown,
    });
  });
});

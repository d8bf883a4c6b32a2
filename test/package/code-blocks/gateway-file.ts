import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { readConfiguration } from '../../../example-gateway/src/configuration/configuration';
import { root } from './markdown';

const DEFAULT_FILE = join(root, 'example-gateway/gateway.yaml');

type Keys = Readonly<Record<string, unknown>>;

/** Reads a part of a gateway file with the gateway's own reader: the default file has the keys that the part leaves out. */
export const readPart = (folder: string, part: string): void => {
  const keys = Object.keys(parse(part, { merge: true }) as Keys);
  const others = Object.entries(parse(readFileSync(DEFAULT_FILE, 'utf8')) as Keys).filter(
    ([key]) => !keys.includes(key),
  );
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, `${part}\n${stringify(Object.fromEntries(others))}`);
  readConfiguration(file, {});
};

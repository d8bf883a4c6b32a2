import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scopegate, type ScopegateOptions } from 'scopegate';
import { readConfiguration } from '../../../example-gateway/src/configuration/configuration';
import { NEEDED_COMMANDS, OPTIONAL_COMMANDS } from '../../../src/cli/doctor/access-findings';
import { thrownBy } from '../../support/expect/thrown';
import { root } from './markdown';

const gatewayFolder = join(root, 'example-gateway');

const messageOf = (act: () => unknown): string => {
  const thrown = thrownBy(act);
  return thrown instanceof Error ? thrown.message : 'nothing was thrown';
};

/** The message about the default gateway file after a change, without the folder. */
const gatewayMessage = (folder: string, change: (file: string) => string): string => {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, change(readFileSync(join(gatewayFolder, 'gateway.yaml'), 'utf8')));
  return messageOf(() => readConfiguration(file, {})).replaceAll(`${folder}/`, '');
};

/** The line of an access list for a gate with the default prefix. */
const documentedAccessList = (): string => {
  const commands = [...NEEDED_COMMANDS, ...OPTIONAL_COMMANDS].map((name) => `+${name}`).sort();
  return `user scopegate on >PASSWORD ~sg:* resetchannels &sg:changes -@all ${commands.join(' ')}`;
};

/** How each output that a page shows comes about, by the text with which it begins. */
const PRODUCERS: Readonly<Record<string, (folder: string) => string>> = {
  '2 options are wrong:': () => {
    const options = { issuer: 'localhost:8080', tokens: { accessTokenLifetime: '60' } };
    return messageOf(() => scopegate(options as unknown as ScopegateOptions));
  },
  'gate.requireScope(): ': () => {
    const logger = { info() {}, warn() {}, error() {} };
    const gate = scopegate({ issuer: 'https://api.example.com', scopes: { read: 'See orders' }, logger });
    return messageOf(() => gate.requireScope('raed' as 'read'));
  },
  'user scopegate on ': () => documentedAccessList(),
  'gateway.yaml:25:3: apis.orders.upstream: ': (folder) =>
    gatewayMessage(folder, (file) => file.replace(/^ +upstream: .*\n/m, '')),
  'gateway.yaml:24:5: apis.orders.openapi: ': (folder) => {
    const document = join(folder, 'orders.openapi.yaml');
    copyFileSync(join(gatewayFolder, 'orders.openapi.yaml'), document);
    writeFileSync(document, readFileSync(document, 'utf8').replace(/(oauth\d?: \[)read\]/, '$1raed]'));
    return gatewayMessage(folder, (file) =>
      file
        .replace(/^ +resources:\n(?: +- .*\n)+/m, '')
        .replace(/^( +)# openapi: .*$/m, '$1openapi: orders.openapi.yaml'),
    );
  },
};

/** Hides the positions in files, which are examples. */
export const withoutPositions = (text: string): string => text.replaceAll(/:\d+:\d+:/g, ':…:');

/** Produces the output that a block shows; `undefined` if it is not known how. */
export const outputFor = (shown: string, folder: string): string | undefined => {
  const [, produce] = Object.entries(PRODUCERS).find(([beginning]) => shown.startsWith(beginning)) ?? [];
  return produce?.(folder);
};

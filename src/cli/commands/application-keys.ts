import type { ApplicationInfo, GeneratedKeys, KeyOrder } from '../../directory/application-info';
import { required } from '../arguments';
import type { Command, Run, Values } from '../command';
import { Problem, WrongUse } from '../failure';
import { nearestOf } from '../nearest';
import { withGate } from '../operator-gate';
import { findApplication, type ListedApplication } from '../owner';
import { printable } from '../printed-table';
import { createSecretFile, type SecretFile } from '../secret-file';
import { readSecret } from '../secret-source';
import { STORE_FLAGS } from '../store-flags';
import { actionOn } from './applications';

const readEnvironment = (values: Values): KeyOrder['environment'] => {
  const environment = required(values, 'environment');
  if (environment === 'production' || environment === 'sandbox') return environment;
  throw new WrongUse('--environment must be production or sandbox');
};

const readExpiry = (text: string): number => {
  const milliseconds = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds))
    throw new WrongUse('--expires must be a date such as 2027-01-31, or 2027-01-31T12:00Z');
  return Math.floor(milliseconds / 1_000);
};

const readOrder = async (run: Run): Promise<KeyOrder> => {
  const { values } = run;
  const { label, expires, 'consumer-key': clientId, 'secret-file': file } = values;
  return {
    environment: readEnvironment(values),
    ...(label === undefined ? {} : { label }),
    ...(expires === undefined ? {} : { expiresAt: readExpiry(expires) }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(file === undefined ? {} : { clientSecret: await readSecret(file, run, 'Secret') }),
  };
};

const refuseDeclared = ({ declared }: ListedApplication): void => {
  if (!declared) return;
  throw new Problem(
    'The application is declared: change its consumerSecret in the options and restart or reload the gates',
  );
};

/** New keys. Those of a public application have no secret. */
interface Printed extends Pick<GeneratedKeys, 'clientId'>, Partial<Omit<GeneratedKeys, 'clientId'>> {
  readonly name: string;
  readonly environment: string;
}

const describe = (
  { name, clientId, clientSecret, secretId, environment }: Printed,
  file: string | undefined,
): string => {
  if (clientSecret === undefined || secretId === undefined) {
    const head = `The application ${printable(name)} is public: its ${environment} key has no secret`;
    return `${head}\nconsumer key:    ${printable(clientId)}`;
  }
  const secret = file === undefined ? clientSecret : `in the file ${file}`;
  return [
    `The application ${printable(name)} has a new ${environment} secret. It cannot be read again`,
    `consumer key:    ${printable(clientId)}`,
    `consumer secret: ${printable(secret)}`,
    `id of secret:    ${secretId}`,
  ].join('\n');
};

const secretOf = ({ clientSecret }: Printed): Pick<Printed, 'clientSecret'> =>
  clientSecret === undefined ? {} : { clientSecret };

const SECRET_FLAGS = ['label', 'expires', 'secret-file', 'out'] as const;

/** Refuses the options of a secret for a public application. */
const refuseSecretFlags = ({ values }: Run): void => {
  const given = SECRET_FLAGS.find((name) => values[name] !== undefined);
  if (given === undefined) return;
  throw new Problem(
    `The application is public, so its keys have no secrets: leave out --${given}, or use applications set-confidential first`,
  );
};

const generate = (run: Run, order: KeyOrder, file: SecretFile | undefined): Promise<Printed> =>
  withGate(run, async (opened) => {
    const application = await findApplication(opened, run.argument);
    refuseDeclared(application);
    if (application.public) refuseSecretFlags(run);
    const { applications } = opened.gate.directory;
    const made: Pick<Printed, 'clientId' | 'clientSecret' | 'secretId'> = application.public
      ? await applications.generateClientId(application.id, order)
      : await applications.generateKeys(application.id, order);
    const { environment } = order;
    opened.note(actionOn('generate_keys', application, { clientId: made.clientId, detail: environment }));
    if (made.clientSecret !== undefined) await file?.write(made.clientSecret);
    return { ...made, name: application.name, environment };
  });

export const applicationsGenerateKeys: Command = {
  words: ['applications', 'generate-keys'],
  argument: 'KEY',
  summary: 'Generates the key pair of an application, or another secret for it, and prints the secret once.',
  notes: [
    'KEY is any consumer key of the application, or its id. Other secrets stay valid until they are revoked. With',
    '--secret-file, and --consumer-key for a first secret, the keys of an existing system are imported instead. A public',
    'application gets a consumer key without a secret.',
  ],
  flags: {
    environment: { value: 'NAME', doc: 'production or sandbox' },
    label: { value: 'TEXT', doc: 'distinguishes this secret from others' },
    expires: { value: 'DATE', doc: 'time from which the secret is refused; default: never' },
    out: { value: 'FILE', doc: 'writes the secret into a new file with mode 0600 instead of printing it' },
    'consumer-key': { value: 'KEY', doc: 'consumer key to import' },
    'secret-file': { value: 'FILE', doc: 'file with the secret to import; - is standard input' },
    ...STORE_FLAGS,
  },
  run: async (run) => {
    const order = await readOrder(run);
    const { out } = run.values;
    const file = out === undefined ? undefined : await createSecretFile(out);
    const printed = await generate(run, order, file).catch(async (error: unknown) => {
      await file?.discard();
      throw error;
    });
    const { clientSecret: _printedOnce, ...rest } = printed;
    return {
      json: { ...rest, ...(out === undefined ? secretOf(printed) : { secretFile: out }) },
      text: describe(printed, out),
    };
  },
};

const secretIdsOf = ({ keys }: ApplicationInfo): readonly string[] =>
  Object.values(keys).flatMap(({ secrets }) => secrets.map(({ id }) => id));

export const applicationsRevokeSecret: Command = {
  words: ['applications', 'revoke-secret'],
  argument: 'KEY',
  summary: 'Deletes one secret of an application, and ends the tokens of its key pair.',
  notes: ['KEY is any consumer key of the application, or its id.'],
  flags: { secret: { value: 'ID', doc: 'id of the secret, as applications show prints it' }, ...STORE_FLAGS },
  run: async (run) => {
    const secretId = required(run.values, 'secret');
    return withGate(run, async (opened) => {
      const application = await findApplication(opened, run.argument);
      refuseDeclared(application);
      const ids = secretIdsOf(application);
      if (!ids.includes(secretId)) {
        throw new Problem(
          `The application has no secret with this id: see scopegate applications show${nearestOf(secretId, ids)}`,
        );
      }
      const changed = await opened.gate.directory.applications.revokeSecret(application.id, secretId);
      opened.note(actionOn('revoke_secret', application, { detail: secretId }));
      const text = `The secret is revoked, and the tokens of the application ${printable(application.name)} have ended`;
      return { json: { ...changed, declared: false }, text };
    });
  },
};

import type { ApplicationDeclaration } from 'scopegate';
import { gateOptions, JOHN, recordedLogger, type Pair, type TestGate, type TestScope } from './gate';

/** The declared application, and others of John's with these keys and secrets. */
export const withApplications = (
  ...keys: readonly Pair[]
): { readonly applications: readonly ApplicationDeclaration<TestScope>[] } => ({
  applications: [
    ...(gateOptions(recordedLogger().logger).applications ?? []),
    ...keys.map(([consumerKey, consumerSecret]) => ({
      name: `App ${consumerKey}`,
      owner: JOHN[0],
      consumerKey,
      consumerSecret,
    })),
  ],
});

export interface MadeApplication {
  readonly id: string;
  readonly keys: Pair;
  readonly secretId: string;
}

/** An application of John's that is made at run time, with its keys. */
export const anApplication = async (
  { gate }: Pick<TestGate, 'gate'>,
  given: { clientId?: string; clientSecret?: string } = {},
) => {
  const { applications } = gate.directory;
  const { id } = await applications.create({ name: 'Made app', owner: JOHN[0] });
  const { clientId, clientSecret, secretId } = await applications.generateKeys(id, {
    environment: 'production',
    ...given,
  });
  const keys: Pair = [clientId, clientSecret];
  return { id, keys, secretId };
};

import { JOHN, type TestGate } from './gate';

export const REDIRECT_URI = 'https://app.example/callback';

/** A public application of John's that is made at run time, with a client id. */
export const aPublicApplication = async ({ gate }: Pick<TestGate, 'gate'>) => {
  const { applications } = gate.directory;
  const made = { name: 'Browser app', owner: JOHN[0], public: true, redirectUris: [REDIRECT_URI] };
  const { id } = await applications.create(made);
  const { clientId } = await applications.generateClientId(id, { environment: 'production' });
  return { id, clientId };
};

import { expectAccessible, openPage } from '../../support/browser/chromium';
import { CodeBrowser } from '../../support/authorize/code-browser';
import { CALLBACK } from '../../support/authorize/code-client';
import { CODE_LANGUAGES, runCode, type CodeLanguage } from '../../support/code/run-code';
import { unescaped } from '../../support/http/unescaped';
import { ANA, servePortal, type ServedPortal } from '../../support/portal/served-portal';
import { signedIn } from '../../support/portal/visitor';

type Step = 'client_credentials' | 'password' | 'authorization_code' | 'refresh_token' | 'call';

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly scope: string;
}

/** An application of Ana with a key, and the code on its page. */
const open = async (given: { readonly public?: boolean } = {}) => {
  const portal = await servePortal();
  const { applications } = portal.gate.directory;
  const order = { name: "Ana's app", owner: ANA.username, subscriptions: ['orders'], redirectUris: [CALLBACK] };
  const { id } = await applications.create({ ...order, ...given });
  const environment = 'production';
  const keys =
    given.public === true
      ? { ...(await applications.generateClientId(id, { environment })), clientSecret: '' }
      : await applications.generateKeys(id, { environment });
  const { text } = await (await signedIn(portal, ANA)).get(`/applications/${id}`);
  const codeOf = (step: Step, language: CodeLanguage): string => {
    const [, code] =
      new RegExp(`<pre id="snippets-production-${step}-${language}"[^>]*>([\\s\\S]*?)</pre>`).exec(text) ?? [];
    if (code === undefined) throw new Error(`the page has no code for ${step} in ${language}`);
    return unescaped(code);
  };
  const variables = { CONSUMER_KEY: keys.clientId, CONSUMER_SECRET: keys.clientSecret, PASSWORD: ANA.password };
  return { portal, text, codeOf, variables, keys };
};

/** Reads what the code printed: JSON, or Python's form of it. */
const tokensIn = (output: string): TokenAnswer => {
  const printed = output.slice(output.indexOf('{'));
  const member = (name: string): string | undefined =>
    new RegExp(`['"]?\\b${name}['"]?: ?['"]([^'"]*)['"]`).exec(printed)?.[1];
  const refresh = member('refresh_token');
  return {
    access_token: member('access_token') ?? '',
    scope: member('scope') ?? '',
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
  };
};

/** Signs Ana in at the address that the code printed. @returns the code, once */
const signInWith = (portal: ServedPortal) => {
  let isDone = false;
  return async (output: string): Promise<string | undefined> => {
    const address = /https?:\/\/\S+\/authorize\?\S+/.exec(output)?.[0];
    if (isDone || address === undefined || !/code_challenge=\S+&state=\S+\s/.test(output)) return undefined;
    isDone = true;
    const parameters = Object.fromEntries(new URL(address).searchParams);
    const client = { name: "Ana's app", id: '', clientId: parameters['client_id'] ?? '', redirectUri: CALLBACK };
    const { code } = await new CodeBrowser(portal).authorize(client, ANA, parameters);
    return code;
  };
};

describe.each(CODE_LANGUAGES)('the code of an application in %s', (language) => {
  it('gets tokens for the application and for a user, new ones, and an answer of the API', async () => {
    const { codeOf, variables } = await open();
    const run = (step: Step, more: Readonly<Record<string, string>> = {}) =>
      runCode(language, codeOf(step, language), { environment: { ...variables, ...more } });
    expect(tokensIn(await run('client_credentials')).scope).toBe('read');
    const { refresh_token: first = '', scope } = tokensIn(await run('password'));
    expect(scope).toBe('read update');
    const { access_token: TOKEN } = tokensIn(await run('refresh_token', { REFRESH_TOKEN: first }));
    expect(await run('call', { TOKEN })).toMatch(/\bby\b/);
  });

  it.each([false, true])('signs a user in with the authorization code, for a public client: %s', async (isPublic) => {
    const { portal, codeOf, variables } = await open({ public: isPublic });
    const output = await runCode(language, codeOf('authorization_code', language), {
      environment: variables,
      onOutput: signInWith(portal),
    });
    expect(tokensIn(output)).toMatchObject({ scope: 'read update', access_token: expect.stringMatching(/^sga_/) });
  });
});

it('the code of an application contains neither its secret nor another one', async () => {
  const { text, keys } = await open();
  expect(text).not.toContain(keys.clientSecret);
  expect(text).not.toContain(ANA.password);
});

it('a public application has no code with a secret or a password', async () => {
  const { text } = await open({ public: true });
  for (const absent of ['CONSUMER_SECRET', 'grant_type=password', 'client_credentials'])
    expect(text).not.toContain(absent);
  expect(text).toContain('snippets-production-refresh_token-curl');
});

it.each([true, false])('the language is chosen in a browser, with JavaScript: %s', async (javaScriptEnabled) => {
  const { portal } = await open();
  const { page, close } = await openPage({ javaScriptEnabled });
  await page.goto(`${portal.url}/store/sign-in?return=%2Fsubscriptions`);
  await page.getByLabel('User name').fill(ANA.username);
  await page.getByLabel('Password').fill(ANA.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: "Ana's app" }).first().click();
  await page.getByText('Call the API').click();
  const [curl, python] = ['curl', 'python'].map((name) => page.locator(`#snippets-production-call-${name}`));
  await curl?.waitFor();
  expect(await python?.isVisible()).toBe(false);
  await page.getByRole('radio', { name: 'Python' }).check();
  await python?.waitFor();
  expect(await curl?.isVisible()).toBe(false);
  if (javaScriptEnabled) await expectAccessible(page);
  await close();
});

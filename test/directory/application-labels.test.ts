import { aCodeClient } from '../support/authorize/code-client';
import { servePortal } from '../support/portal/served-portal';

const RULE = /name must be 1 to 100 characters, one of them visible, without control characters and direction controls/;

describe('the name of an application', () => {
  it.each([
    ['a direction control, which would rearrange the text of the consent page', 'Bank\u202Eevil'],
    ['an isolate without its end', '\u2066Bank'],
    ['a line break', 'a\nb'],
    ['nothing but white space', ' \u3000'],
    ['nothing but characters of no width', '\u200B\u2060'],
  ])('must not have %s', async (_case, name) => {
    const portal = await servePortal();
    await expect(aCodeClient(portal, { name })).rejects.toThrow(RULE);
  });

  it.each(['Ångström', 'دفتر', '注文', '👩‍💻', '?'])('may be %s', async (name) => {
    const portal = await servePortal();
    expect(await aCodeClient(portal, { name })).toMatchObject({ name });
  });
});

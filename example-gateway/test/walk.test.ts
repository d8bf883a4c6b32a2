import { curlWalkthrough, type WalkthroughTarget } from '../src/demo/walk';

const walk: WalkthroughTarget = {
  url: 'http://127.0.0.1:8080',
  portalUrl: undefined,
  pages: undefined,
  isSelfSigned: false,
  options: {
    users: [{ username: 'john@gmail.com', organization: 'johnsorg', password: 'it\'s a "$p&w!' }],
    applications: [{ consumerKey: 'key', consumerSecret: "se'cret %+" }],
  },
};

describe('the curl commands that are printed at the start', () => {
  it('verify the certificate, unless it is self-signed and the gateway is on this machine', () => {
    const certificateUnchecked = (changes: Partial<WalkthroughTarget>): boolean =>
      /curl[^\n]* -k/.test(curlWalkthrough({ ...walk, ...changes }));
    expect(certificateUnchecked({})).toBe(false);
    expect(certificateUnchecked({ url: 'https://127.0.0.1:8443' })).toBe(false);
    expect(certificateUnchecked({ url: 'https://api.example.com', isSelfSigned: true })).toBe(false);
    expect(certificateUnchecked({ url: 'https://127.0.0.1:8443', isSelfSigned: true })).toBe(true);
    expect(certificateUnchecked({ url: 'https://localhost:8443', isSelfSigned: true })).toBe(true);
    expect(certificateUnchecked({ url: 'https://[::1]:8443', isSelfSigned: true })).toBe(true);
  });

  it('pass the client to curl form-encoded and safely quoted', () => {
    const lines = curlWalkthrough(walk).split('\n');
    expect(lines[2]).toBe(
      "curl -s -u 'key:se%27cret%20%25%2B' -d 'grant_type=password&username=john@gmail.com@johnsorg&password=it%27s%20a%20%22%24p%26w%21&scope=read' http://127.0.0.1:8080/token",
    );
    expect(lines.join()).not.toMatch(/jq|base64|Basic/);
  });
});

import { tokenCurl } from '../../src/portal/new-keys';

const curlFor = (tokenUrl: string): string => tokenCurl(tokenUrl, 'Authorization: Basic x', 'ana');

describe('the curl command of a page', () => {
  it.each([
    'https://127.0.0.1:8443/token',
    'https://localhost/token',
    'https://api.localhost/token',
    'https://[::1]/token',
  ])('skips certificate verification at %s, for which no certificate authority issues certificates', (tokenUrl) => {
    expect(curlFor(tokenUrl)).toMatch(/^curl -k -d /);
  });

  it.each([
    'https://api.example.com/token',
    'https://localhost.example.com/token',
    'https://127.example.com/token',
    'http://127.0.0.1:8080/token',
    'http://localhost/token',
  ])('verifies certificates at %s', (tokenUrl) => {
    expect(curlFor(tokenUrl)).toMatch(/^curl -d /);
    expect(curlFor(tokenUrl)).not.toMatch(/-k|insecure/);
  });
});

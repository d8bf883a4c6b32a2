import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The part of the package `requests` that snippets use, for machines with a Python that does not have it. */
const STAND_IN = `import base64, json, urllib.error, urllib.parse, urllib.request

class Response:
    def __init__(self, answer):
        self.status_code, self.text = answer.status, answer.read().decode()

    def json(self):
        return json.loads(self.text)

def request(method, url, headers=None, data=None, auth=None, verify=True):
    headers = dict(headers or {})
    if isinstance(data, dict):
        data = urllib.parse.urlencode(data).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if auth is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
    order = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        return Response(urllib.request.urlopen(order))
    except urllib.error.HTTPError as answer:
        return Response(answer)

def post(url, **options):
    return request("POST", url, **options)
`;

let folder: string | undefined;

/** Returns a value of PYTHONPATH with which `import requests` works: empty if the package is installed. */
export const findPythonPath = (): string => {
  if (folder !== undefined) return folder;
  folder = '';
  if (spawnSync('python3', ['-c', 'import requests']).status !== 0) {
    folder = mkdtempSync(join(tmpdir(), 'scopegate-requests-'));
    writeFileSync(join(folder, 'requests.py'), STAND_IN);
  }
  return folder;
};

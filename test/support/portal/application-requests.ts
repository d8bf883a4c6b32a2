import type { ServedPortal } from './served-portal';

/** Posts a form of the declared application to an endpoint of the gate. */
export const postAsApplication = (
  { url }: Pick<ServedPortal, 'url'>,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from('key:declared-secret').toString('base64')}` },
    body: new URLSearchParams(form),
  });

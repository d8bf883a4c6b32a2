import type { Api } from '../../access/api';

type Named = Pick<Api, 'name'>;

/** Path of the page of an API. Names consist of characters that a path may contain. */
export const apiPath = ({ name }: Named): string => `/apis/${name}`;

export const subscribePath = (api: Named): string => `${apiPath(api)}/subscribe`;

export const agentPath = (api: Named): string => `${apiPath(api)}/agent`;

export const documentPath = (api: Named): string => `${apiPath(api)}/openapi.json`;

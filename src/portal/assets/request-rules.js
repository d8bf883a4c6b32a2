// Rules of browsers for requests of scripts (Fetch §2.2.1, §2.2.2).

const FORBIDDEN_METHODS = ['CONNECT', 'TRACE', 'TRACK'];

const FORBIDDEN_HEADER =
  /^(?:accept-(?:charset|encoding)|access-control-request-(?:headers|method|private-network)|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|(?:proxy|sec)-.*)$/i;

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

// Browsers accept only characters that are bytes.
const HEADER_VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;

/** Returns why a header cannot be sent, or `undefined`. */
const whyNoHeader = ([name, value], texts) => {
  if (!HEADER_NAME.test(name)) return filled(texts.headerName, { name });
  if (!HEADER_VALUE.test(value)) return filled(texts.headerValue, { name });
  if (/^authorization$/i.test(name)) return texts.headerAuthorization;
  return FORBIDDEN_HEADER.test(name) ? filled(texts.headerForbidden, { name }) : undefined;
};

/** Returns why a browser cannot send a request as it is, or `undefined`. */
const whyNotSent = ({ method, path, headers }, texts) => {
  if (FORBIDDEN_METHODS.includes(method)) return filled(texts.methodForbidden, { method });
  if (hasDots(path)) return texts.dots;
  return headers.map((header) => whyNoHeader(header, texts)).find((reason) => reason !== undefined);
};

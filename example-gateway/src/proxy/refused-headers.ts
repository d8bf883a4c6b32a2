import { cachedByName, foldedName, isHopByHop, isIdentity } from './header-names';

// All names are folded: see `foldedName`.

/** Headers that the gateway sets or handles itself. */
const ours = ['authorization', 'expect', 'forwarded', 'host', 'contentlength', 'proxy', 'via', 'xrequestid'];

/** Headers that name another method or path than the one that was checked. */
const otherTargets = [
  'xhttpmethod',
  'xhttpmethodoverride',
  'xmethodoverride',
  'xmiddlewaresubrequest',
  'xaccelmapping',
  'xhost',
  'xscriptname',
  'xsendfiletype',
];

/** Headers in which proxies and content delivery networks report the client's address or scheme. */
const origins = [
  'clientip',
  'xclientip',
  'trueclientip',
  'xtrueclientip',
  'xclusterclientip',
  'xrealip',
  'xrealport',
  'xremoteaddr',
  'xremoteip',
  'remoteaddr',
  'fastlyclientip',
  'flyclientip',
  'xappengineuserip',
  'xazureclientip',
  'xazuresocketip',
  'xenvoyexternaladdress',
  'xproxyuserip',
  'frontendhttps',
  'xscheme',
  'xurlscheme',
];

/** Headers that identify the caller, as set by proxies that sign in users or check certificates. */
const identities = [
  'xremoteuser',
  'remoteuser',
  'remotegroups',
  'remotename',
  'remoteemail',
  'egconsumerid',
  'egconsumername',
  'xjwtassertion',
  'xwebauthuser',
  'xuserinfo',
  'xidtoken',
  'xauthusername',
  'xauthuserid',
  'xauthuser',
  'xauthsubject',
  'xauthemail',
  'xauthroles',
  'xauthgroups',
  'xauthaudience',
  'xcredentialidentifier',
  'xcredentialusername',
  'xanonymousconsumer',
  'xendpointapiuserinfo',
  'xapigatewayapiuserinfo',
  'clientcert',
  'clientcertchain',
  'oidcaccesstoken',
  'oidcidtoken',
  'oamremoteuser',
  'smuser',
  'smuserdn',
  'smuniversalid',
  'smauthdirname',
  'ivuser',
  'ivgroups',
  'ivcreds',
];

/** Prefixes of further names of these kinds. */
const prefixes = [
  'xforwarded',
  'xoriginal', // path, method and host before a proxy rewrote them
  'xrewrite',
  'xenvoyoriginal',
  'cfconnectingip',
  'cfaccess',
  'xconsumer',
  'xauthrequest',
  'xauthentik',
  'xpomerium',
  'xvouch',
  'sslclient',
  'xssl',
  'xclientcert',
  'xclientdn',
  'xclientverify',
  'xtlsclient',
  'xarrclientcert',
  'xarrssl',
  'xmsclientprincipal',
  'xmstoken',
  'xamznoidc',
  'xamznmtls',
  'xgoogauthenticateduser',
  'xgoogiap',
  'oidcclaim',
  'mellon',
  'osso',
  'tailscaleuser',
];

const names: ReadonlySet<string> = new Set([...ours, ...otherTargets, ...origins, ...identities]);

/**
 * Returns a check for headers to remove from client requests, by folded name. `strip` adds the operator's names; one
 * that ends with `*` matches every name with that prefix.
 */
export const refusalOf = (strip: readonly string[]): ((folded: string) => boolean) => {
  const isPrefix = (name: string): boolean => name.endsWith('*');
  const allNames = new Set([...names, ...strip.filter((name) => !isPrefix(name)).map(foldedName)]);
  const allPrefixes = [...prefixes, ...strip.filter(isPrefix).map(foldedName)];
  return cachedByName(
    (folded) =>
      allNames.has(folded) ||
      isHopByHop(folded) ||
      isIdentity(folded) ||
      allPrefixes.some((prefix) => folded.startsWith(prefix)),
  );
};

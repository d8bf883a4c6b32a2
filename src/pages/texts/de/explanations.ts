import type { Texts } from '../texts';
import { durationAfterPreposition } from './durations';
import { phrases } from './phrases';

export const explanations: Texts['explanations'] = {
  public: 'Diese Anfrage würde zugelassen: Die Ressource ist öffentlich.',
  allowed: 'Diese Anfrage würde zugelassen.',
  refused: (status, reason, causes) =>
    `Diese Anfrage würde abgelehnt (${status} ${reason})${causes === '' ? '' : `: ${causes}`}.`,
  reasons: {
    invalid_token: 'den Benutzer des Tokens gibt es nicht mehr',
    wrong_audience: 'das Token gilt für eine andere Ressource; holen Sie eines für diese Ressource',
    invalid_request: 'senden Sie ein einziges Token, nur im Authorization-Header',
    no_sandbox: 'dies ist ein Sandbox-Token, und die API hat keine Sandbox',
    retired: 'die API ist abgeschaltet',
    not_canonical: 'der Pfad lässt sich auf mehrere Arten lesen',
    not_found: 'diese Ressource gibt es nicht',
    method_not_allowed: 'die Ressource unterstützt diese Methode nicht',
  },
  states: {
    malformed: 'dies ist kein Access Token; prüfen Sie, ob Sie es vollständig kopiert haben',
    wrong_kind: 'dies ist ein Refresh Token oder ein Client Secret, kein Access Token',
    replaced: 'das Token wurde durch einen Refresh ersetzt',
    gone: 'das Token ist abgelaufen, widerrufen oder wurde hier nie ausgestellt',
  },
  issuedBefore: (api) => `das Token ist älter als das Abonnement der Anwendung für ${api}; holen Sie ein neues`,
  notSubscribed: (api) => `die Anwendung hat ${api} nicht abonniert`,
  requiresRole: (scope, roles) =>
    roles.length === 1
      ? `${scope} erfordert die Rolle ${roles.join()}`
      : `${scope} erfordert eine der Rollen ${phrases.list(roles)}`,
  neededByNoApi: (scope) =>
    `keine API benötigt ${scope}, daher muss der Betreiber ihn in die Scopes der Anwendung aufnehmen`,
  requiresSubscription: (scope, apis) => `${scope} erfordert ein Abonnement von ${phrases.alternatives(apis)}`,
  notOfApplication: (scope) => `${scope} gehört nicht zu den Scopes der Anwendung`,
  notRequested: (scope) => `das Token enthält ${scope} nicht; der Scope kann angefordert werden`,
  planExceeded: (plan, limit) => `der Plan ${plan} ${limit}`,
  limitExceeded: (limit) => `das Limit der Ressource ${limit}`,
  admits: (requests, per, retryAfter) =>
    `lässt ${phrases.counted(requests, 'Anfrage', 'Anfragen')} in ${durationAfterPreposition(per)} zu; wiederholen Sie die Anfrage in ${durationAfterPreposition(retryAfter)}`,
};

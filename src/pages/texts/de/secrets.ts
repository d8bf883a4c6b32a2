import type { Texts } from '../texts';

export const secrets: Texts['secrets'] = {
  environments: { production: 'Produktion', sandbox: 'Sandbox' },
  consumerKey: 'Consumer Key',
  keyLabel: { production: 'Consumer Key (Produktion)', sandbox: 'Consumer Key (Sandbox)' },
  keyLabelOf: (name) => ({
    production: `Consumer Key von ${name} (Produktion)`,
    sandbox: `Consumer Key von ${name} (Sandbox)`,
  }),
  environment: 'Umgebung',
  noKey: 'Noch kein Key.',
  generate: 'Erzeugen',
  noSandbox: 'Keine dieser APIs hat eine Sandbox: Sie weisen Tokens eines Sandbox-Keys ab.',
  table: { production: 'Secrets für die Produktion', sandbox: 'Secrets für die Sandbox' },
  heads: {
    label: 'Bezeichnung',
    lastFour: 'Endet auf',
    created: 'Erzeugt',
    expires: 'Läuft ab',
    lastUsed: 'Zuletzt verwendet',
  },
  publicKey: 'Die Anwendung ist öffentlich, ihr Key hat deshalb kein Secret.',
  declaredKey: 'Das Secret erhalten Sie vom Betreiber des Gateways.',
  add: 'Secret hinzufügen',
  addHint: 'Vorhandene Secrets gelten, bis Sie sie widerrufen. So können Sie Ihre Clients nacheinander umstellen.',
  label: 'Bezeichnung',
  expires: 'Läuft ab',
  expiresHint: 'Leer lassen, wenn das Secret nicht ablaufen soll.',
  generateSecret: 'Secret erzeugen',
  expiresRule: 'Das Ablaufdatum muss ein Datum wie 2027-12-31 sein.',
  noneOfPublic: 'Eine öffentliche Anwendung hat keine Secrets.',
  keyExists: {
    production: 'Es gibt bereits einen Key für die Produktion. Fügen Sie ihm stattdessen ein Secret hinzu.',
    sandbox: 'Es gibt bereits einen Key für die Sandbox. Fügen Sie ihm stattdessen ein Secret hinzu.',
  },
  publicKeyExists: {
    production: 'Es gibt bereits einen Key für die Produktion.',
    sandbox: 'Es gibt bereits einen Key für die Sandbox.',
  },
  revoke: 'Widerrufen',
  revokeEffect: (secret, application) =>
    `Wenn Sie ${secret} von ${application} widerrufen, enden alle Tokens, die mit diesem Key ausgestellt wurden.`,
  secret: (label, lastFour) =>
    ['das Secret', label, lastFour === undefined ? undefined : `(endet auf ${lastFour})`]
      .filter((part) => part !== undefined)
      .join(' '),
  revoked: 'Das Secret wurde widerrufen. Alle Tokens, die mit diesem Key ausgestellt wurden, sind beendet.',
};

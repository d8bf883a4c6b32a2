import type { Texts } from '../texts';

export const redirectUris: Texts['redirectUris'] = {
  too_long: ({ max }) => `ist länger als ${max} Zeichen`,
  fragment: () => 'darf kein Fragment haben',
  malformed: () => 'ist keine absolute URI aus druckbaren ASCII-Zeichen mit einem Schema in Kleinbuchstaben',
  credentials: () => 'darf weder Benutzernamen noch Passwort enthalten',
  wildcard_host: () => 'muss genau einen Host nennen, ohne Platzhalter',
  not_https: () => 'muss https verwenden, oder http auf 127.0.0.1, [::1] oder localhost',
  scheme: () =>
    'muss https verwenden, http auf einem Loopback-Host oder ein privates Schema mit Punkt, zum Beispiel com.example.app:/callback',
  spelling: ({ expected }) => `muss so geschrieben werden: ${expected}`,
  response_parameter: ({ parameter }) =>
    `darf ${parameter} nicht in der Query haben: Die Antwort fügt diesen Parameter hinzu`,
};

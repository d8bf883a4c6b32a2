import type { Texts } from '../texts';
import { phrases } from './phrases';

export const setPassword: Texts['setPassword'] = {
  title: 'Passwort setzen',
  intro:
    'Sie brauchen den Link oder den Code, den Sie von der Administration Ihrer Organisation erhalten haben. Er funktioniert einmal.',
  code: 'Code',
  codeHint: 'Er beginnt mit sgl_. Wenn Sie den Link geöffnet haben, ist er bereits eingetragen.',
  codeKept: 'Der Code Ihres Links ist für dieses Formular gespeichert.',
  newPassword: 'Neues Passwort',
  again: 'Neues Passwort wiederholen',
  rule: (min) =>
    `Mindestens ${phrases.counted(min, 'Zeichen', 'Zeichen')}. Häufige Passwörter und der Benutzername sind nicht erlaubt.`,
  button: 'Passwort setzen',
  mismatch: 'Die Passwörter stimmen nicht überein.',
  invalid:
    'Dieser Code ist nicht gültig: Er wurde benutzt, ersetzt, ist abgelaufen oder unvollständig. Bitten Sie die Administration um einen neuen Link.',
  done: 'Passwort gesetzt. Sie können sich jetzt anmelden.',
  requested:
    'Falls der Benutzername frei war, entscheidet nun die Administration Ihrer Organisation über Ihr Konto. Sie können sich anmelden, sobald es genehmigt ist.',
  waiting: 'Ihr Konto wartet auf die Genehmigung durch die Administration Ihrer Organisation.',
  approvalHint: 'Die Administration der Organisation muss Ihr Konto genehmigen.',
  signUps: 'Registrierungen',
  signUpsOf: 'Registrierungen, die auf Genehmigung warten',
  noSignUps: 'Keine Registrierung wartet auf Genehmigung.',
  username: 'Benutzername',
  expires: 'Läuft ab',
  approve: 'Genehmigen',
  reject: 'Ablehnen',
};

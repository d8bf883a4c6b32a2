import type { Texts } from '../texts';

export const setPassword: Texts['setPassword'] = {
  title: 'Passwort festlegen',
  intro:
    'Sie brauchen den Link oder den Code, den Sie von einem Administrator Ihrer Organisation erhalten haben. Er funktioniert einmal.',
  code: 'Code',
  codeHint: 'Er beginnt mit sgl_. Wenn Sie den Link geöffnet haben, ist er bereits eingetragen.',
  codeKept: 'Der Code Ihres Links ist für dieses Formular gespeichert.',
  button: 'Passwort festlegen',
  invalid:
    'Dieser Code ist nicht gültig: Er wurde schon verwendet oder ersetzt, ist abgelaufen oder unvollständig. Bitten Sie Ihren Administrator um einen neuen Link.',
  done: 'Passwort festgelegt. Melden Sie sich unten an.',
  requested:
    'Falls der Benutzername frei war, entscheidet nun ein Administrator Ihrer Organisation über Ihr Konto. Sie können sich anmelden, sobald es genehmigt ist.',
  waiting: 'Ihr Konto wartet auf die Genehmigung durch einen Administrator Ihrer Organisation.',
  approvalHint: 'Ein Administrator der Organisation muss Ihr Konto genehmigen.',
  signUps: 'Registrierungen',
  signUpsOf: 'Registrierungen, die auf Genehmigung warten',
  noSignUps: 'Keine Registrierung wartet auf Genehmigung.',
  username: 'Benutzername',
  expires: 'Läuft ab',
  approve: 'Genehmigen',
  reject: 'Ablehnen',
};

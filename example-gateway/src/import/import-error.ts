/** The source cannot be imported. Each of `messages` names the file, the line if there is one, and the fault. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly messages: readonly string[];

  constructor(messages: readonly string[]) {
    super(messages.join('\n'));
    this.messages = messages;
  }
}

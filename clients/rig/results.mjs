/** Counts the steps of the programs, and prints a line for each. */
export class Results {
  passed = 0;
  failed = 0;

  /**
   * Runs a program with the function by which it runs its steps, which returns what the step returns. A step that fails
   * ends the program, because later steps depend on it.
   *
   * @param name returns the client's name and version; it throws if the client is not installed
   */
  async run(name, program) {
    let client = '';
    let title = 'is installed';
    try {
      client = name();
      await program(async (next, act) => {
        title = next;
        const result = await act();
        this.#pass(`${client}: ${title}`);
        return result;
      });
    } catch (error) {
      this.failed += 1;
      console.log(`FAILED ${client}: ${title}\n${error.stack}${error.cause ? `\ncause: ${error.cause.stack}` : ''}`);
    }
  }

  #pass(line) {
    this.passed += 1;
    console.log(`ok     ${line}`);
  }
}

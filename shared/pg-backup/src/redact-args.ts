const password = /^([a-z][a-z0-9+.-]*:\/\/[^\s/@]*?):[^\s@]*@/i;
const assignment = /\b(password|passfile|sslpassword)=('(?:[^'\\]|\\.)*'|\S+)/gi;

/** Program arguments as they may be shown: passwords in addresses and connection strings are masked. */
export function redactArgs(argv: readonly string[]): readonly string[] {
  return argv.map((argument) => argument.replace(password, '$1:***@').replace(assignment, '$1=***'));
}

/** One subcommand in words. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Further lines of `help NAME`. */
  readonly details: readonly string[];
  /** Flags of the command itself, beside the settings. */
  readonly flags: readonly string[];
  /** How many words may follow. */
  readonly words: { readonly least: number; readonly most: number };
}

const none = { least: 0, most: 0 };

export const commands = [
  {
    name: 'serve',
    usage: '[serve]',
    summary: 'MCP server over stdin and stdout, for a client; the default; with --transport http at /mcp, for many',
    details: [
      'Over stdio it starts under any settings: what is missing is told in every answer.',
      'Over HTTP it listens only where its settings about HTTP are right; beyond loopback callers need a token.',
    ],
    flags: [],
    words: none,
  },
  {
    name: 'check',
    usage: 'check [--json]',
    summary: 'settings, folders, audit log, backend: what is wrong and what repairs it',
    details: ['Exits 2 for settings, 5 for an unreachable backend, 1 for anything else that failed.'],
    flags: ['json'],
    words: none,
  },
  {
    name: 'tools',
    usage: 'tools [--json]',
    summary: 'tools of this configuration: risk, listed or why not, size of the definition',
    details: [],
    flags: ['json'],
    words: none,
  },
  {
    name: 'call',
    usage: 'call TOOL [key=value …] [--args JSON|@FILE|-] [--json] [--fail-on warning|critical]',
    summary: 'one tool from the shell, through the same gate, audit and redaction',
    details: [
      'Values follow the schema of the tool: numbers, true or false, lists with commas or as JSON.',
      'A change answers with its plan and a code; the same call with --confirm plan_… applies it.',
      '--json prints the result as a client would get it: structuredContent and _meta.',
      '--fail-on exits 10 for the verdict warning (or unknown), 11 for critical.',
    ],
    flags: ['args', 'json', 'fail-on'],
    words: { least: 1, most: 200 },
  },
  {
    name: 'approve',
    usage: 'approve CODE',
    summary: "shows a plan and takes a person's one-time password for it, on the terminal",
    details: ['The password is never taken from the command line.'],
    flags: [],
    words: { least: 1, most: 1 },
  },
  {
    name: 'verify',
    usage: 'verify [--dir FOLDER] [--vkey KEY] [--json]',
    summary: 'whether the audit log is complete and unchanged; with --vkey the public key is enough',
    details: ['Exits 0 only for a verdict that begins with ok.'],
    flags: ['dir', 'vkey', 'json'],
    words: none,
  },
  {
    name: 'daemon',
    usage: 'daemon',
    summary: 'runs the jobs of the settings file when they are due, until a signal comes',
    details: [
      'A job: {name, cron, zone, tool, input, timeout, notify, confirm: never}. All are checked before any runs.',
      'Every tick is run once, also over kill -9; one missed while no daemon ran is run once at start.',
      'With --transport http the same process serves clients, and tells of its jobs at /metrics.',
      'After a changed settings file it is to be restarted.',
    ],
    flags: [],
    words: none,
  },
  {
    name: 'jobs',
    usage: 'jobs [--json]',
    summary: 'what runs when, how it went last, and who could not be told',
    details: [],
    flags: ['json'],
    words: none,
  },
  {
    name: 'help',
    usage: 'help [COMMAND]',
    summary: 'this text, or more about one command',
    details: [],
    flags: [],
    words: { least: 0, most: 1 },
  },
  { name: 'version', usage: '--version', summary: 'the version', details: [], flags: [], words: none },
] as const satisfies readonly Command[];

export type CommandName = (typeof commands)[number]['name'];

export function commandOf(name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}

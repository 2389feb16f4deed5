const commands = [
  ['mcp-x', 'serves over stdio (default)'],
  [
    'mcp-x check',
    'doctor: settings and their sources, reachability, privileges, versions; exits non-zero with the fix',
  ],
  ['mcp-x tools', 'what this configuration offers, with risk and definition size'],
  ['mcp-x call TOOL key=value …', 'one tool from the shell, through the same pipeline; `--json`, `--confirm CODE`'],
  ['mcp-x verify', 'verifies the audit folder, also with the public key alone; exit 0 only for ok'],
  ['mcp-x approve CODE', 'a person gives the second factor for a plan, on the terminal'],
] as const;

/** The subcommands that every server has. */
export function commandsTable(): string {
  return ['| command | what |', '|---|---|', ...commands.map(([command, what]) => `| \`${command}\` | ${what} |`)].join(
    '\n',
  );
}

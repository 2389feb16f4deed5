import type { Server } from '../define/server.ts';
import type { SettingProblem } from '../settings/loaded.ts';

const longest = 1500;

/** The server's instructions; while a setting is missing or wrong, what repairs it comes first. */
export function instructionsOf(server: Server, problems: readonly SettingProblem[]): string {
  const [first] = problems;
  const lead = first === undefined ? '' : `Not configured yet: ${first.text}. ${first.fix}\n\n`;
  return (lead + server.instructions).slice(0, longest);
}

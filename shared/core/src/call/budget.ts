const defaultBudget = 8000;

/** Clients swap longer results for a file pointer. */
export const hardCap = 40_000;

/**
 * Cuts a text to its budget on whole lines and says what is missing and how to ask for less.
 *
 * The head is kept, as the verdict stands there, and a closing `Next:` line.
 *
 * @param budgetChars UTF-16 units; default 8,000, at most 40,000
 * @param narrowing arguments that make the answer smaller
 */
export function withinBudget(text: string, narrowing: readonly string[], budgetChars = defaultBudget): string {
  const budget = Math.min(budgetChars, hardCap);
  if (text.length <= budget) return text;
  const lines = text.split('\n');
  const last = lines.at(-1) ?? '';
  const next = last.startsWith('Next: ') && last.length <= 500 ? `\n${last}` : '';
  const how = narrowing.length > 0 ? ` Narrow it with: ${narrowing.join(', ')}.` : '';
  const notice = (shown: number) => `\n[cut: ${shown} of ${lines.length} lines shown.${how}]${next}`;
  const room = budget - notice(lines.length).length;
  let length = 0;
  let shown = 0;
  for (const line of lines) {
    if (length + line.length + 1 > room) break;
    length += line.length + 1;
    shown += 1;
  }
  const head = shown > 0 ? lines.slice(0, shown).join('\n') : cutLine(lines[0] ?? '', room);
  return head + notice(shown);
}

/** One line too long for the whole budget: cut between characters, with no code quote left open. */
function cutLine(line: string, room: number): string {
  const cut = line.slice(0, room - 2).replace(/[\uD800-\uDBFF]$/, '');
  const open = (cut.match(/`/g)?.length ?? 0) % 2 === 1;
  return `${cut}${open ? '`' : ''}…`;
}

import { isToolError } from '../errors/tool-error.ts';
import type { Gate, Principal } from '../gate/types.ts';
import type { AnyTool } from './host.ts';

/** Says behind a `Next:` line which names a tool that this caller may not use, why it may not: the ceiling, or the lists. */
export function withReasons(
  text: string,
  {
    tools,
    gate,
    principal,
  }: {
    readonly tools: ReadonlyMap<string, AnyTool>;
    readonly gate: Pick<Gate, 'admit'>;
    readonly principal: Principal;
  },
): string {
  return text.replaceAll(/^Next: (\w+) \{.*\}$/gm, (line, name: string) => {
    const tool = tools.get(name);
    const reason = tool && reasonOf(() => gate.admit(tool, principal));
    return reason === undefined ? line : `${line}  (not now: ${reason})`;
  });
}

function reasonOf(admit: () => void): string | undefined {
  try {
    admit();
    return undefined;
  } catch (error) {
    if (isToolError(error)) return error.message;
    throw error;
  }
}

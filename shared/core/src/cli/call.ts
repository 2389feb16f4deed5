import type { Answer, Ask, CallRequest } from '../call/request.ts';
import { errorMeta, errorText } from '../call/error-text.ts';
import { isToolError } from '../errors/tool-error.ts';
import { readArguments } from './arguments.ts';
import { exitCodeOfAnswer, exitCodes, type FailOn } from './exit-codes.ts';
import type { Session } from './session.ts';

/** `call TOOL …`: one tool through the same pipeline a client uses. Answers go to stdout, errors to stderr. */
export async function call(session: Session): Promise<number> {
  const { line, runtime, world } = session;
  const [name = '', ...words] = line.words;
  const failOn = line.options.get('fail-on');
  if (failOn !== undefined && failOn !== 'warning' && failOn !== 'critical') {
    world.err('--fail-on takes warning or critical\n');
    return exitCodes.usage;
  }
  const asJson = line.options.get('json') === 'true';
  const tool = (await runtime.tools()).get(name);
  let args: Readonly<Record<string, unknown>>;
  try {
    args = await readArguments(words, line.options.get('args'), tool?.input, world);
  } catch (error) {
    if (!isToolError(error)) throw error;
    const text = await session.clean.text(errorText(error, false));
    print(session, { kind: 'answer', outcome: 'failure', text, images: [], error: errorMeta(error), meta: {} }, asJson);
    return exitCodes.usage;
  }
  const confirmed = line.confirm === undefined ? args : { ...args, confirm: line.confirm };
  let answer = await callOnce(session, name, confirmed, asJson);
  if (answer.error?.code === 'approval_required' && world.askHidden !== undefined) {
    world.err(`${answer.text}\n`);
    const approval = await world.askHidden('One-time password of an approver: ');
    answer = await callOnce(session, name, { ...confirmed, approval }, asJson);
  }
  print(session, answer, asJson);
  if (answer.confirm !== undefined && !asJson) {
    world.err(`To apply exactly this plan, repeat the command with: --confirm ${answer.confirm}\n`);
  }
  return exitCodeOfAnswer(answer, failOn satisfies FailOn | undefined);
}

async function callOnce(session: Session, name: string, args: unknown, asJson: boolean): Promise<Answer> {
  const { runtime, world } = session;
  const request: CallRequest = {
    name,
    args,
    meta: { 'cinecom/results': asJson ? 'structured' : 'text' },
    origin: { transport: 'cli' },
    canElicit: false,
    signal: world.interrupted,
    progress: world.interactive ? (done, total, text) => world.err(progressLine(done, total, text)) : undefined,
  };
  const result: Answer | Ask = await runtime.callTool(request);
  if (result.kind === 'answer') return result;
  throw new TypeError('the gate asked for a form although the command line has none');
}

function progressLine(done: number, total: number | undefined, text: string): string {
  return `… ${total === undefined ? done : `${done}/${total}`} ${text}\n`;
}

function print({ world }: Session, answer: Answer, asJson: boolean): void {
  if (asJson) {
    world.out(`${JSON.stringify(resultJson(answer), null, 2)}\n`);
    return;
  }
  const pictures = answer.images.map(({ alt }) => `\n[picture not shown on a terminal: ${alt}]`).join('');
  const text = `${answer.text}${pictures}\n`;
  if (answer.error === undefined || answer.confirm !== undefined) world.out(text);
  else world.err(text);
}

/** The result as `tools/call` has it. */
function resultJson(answer: Answer): Readonly<Record<string, unknown>> {
  const meta = answer.error === undefined ? answer.meta : { ...answer.meta, 'cinecom/error': answer.error };
  return {
    content: answer.structured === undefined ? [{ type: 'text', text: answer.text }] : [],
    ...(answer.structured === undefined ? {} : { structuredContent: answer.structured }),
    ...(answer.error === undefined ? {} : { isError: true }),
    ...(Object.keys(meta).length > 0 ? { _meta: meta } : {}),
  };
}

import { type CallToolResult, Client, type ElicitResult, type Transport } from '@modelcontextprotocol/client';

export type Era = 'modern' | 'legacy';

/** What a form asks, and what the person answers; `undefined` from the handler = closes it without an answer. */
export type ElicitHandler = (form: {
  readonly message: string;
  readonly schema: Readonly<Record<string, unknown>>;
}) => Promise<ElicitResult> | ElicitResult;

const modernRevision = '2026-07-28';

/** A client of one era, connected; with `elicit` it declares forms. */
export async function connectClient(
  transport: Transport,
  options: { readonly era: Era; readonly elicit?: ElicitHandler | undefined },
): Promise<Client> {
  const { elicit } = options;
  const client = new Client(
    { name: 'cinecom-test', version: '1.0.0' },
    {
      capabilities: elicit ? { elicitation: { form: {} } } : {},
      versionNegotiation: { mode: options.era === 'modern' ? { pin: modernRevision } : 'legacy' },
    },
  );
  if (elicit) {
    client.setRequestHandler('elicitation/create', async (request) => {
      const params = request.params as { message: string; requestedSchema?: Readonly<Record<string, unknown>> };
      return elicit({ message: params.message, schema: params.requestedSchema ?? {} });
    });
  }
  await client.connect(transport);
  return client;
}

/** All text of a result, in order. */
export function textOf(result: CallToolResult): string {
  return (result.content ?? []).map((block) => (block.type === 'text' ? block.text : `[${block.type}]`)).join('\n');
}

/** `_meta["cinecom/error"]` of a result. */
export function errorOf(
  result: CallToolResult,
):
  | { readonly code: string; readonly applied: string; readonly retryable: boolean; readonly retryAfterMs?: number }
  | undefined {
  return result._meta?.['cinecom/error'] as never;
}

/** The code of a shown plan, to be passed as `confirm`. */
export function codeOf(result: CallToolResult): string {
  const plan = result._meta?.['cinecom/plan'] as { readonly confirm: string } | undefined;
  if (plan === undefined) throw new Error(`no plan in: ${textOf(result)}`);
  return plan.confirm;
}

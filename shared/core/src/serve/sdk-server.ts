import {
  type CallToolRequest,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type GetPromptRequest,
  type GetPromptResult,
  type Implementation,
  inputRequired,
  type InputRequiredResult,
  type JsonSchemaValidator,
  ProtocolError,
  type ServerContext,
  Server as SdkServer,
} from '@modelcontextprotocol/server';
import type { Answer, Ask, CallOrigin } from '../call/request.ts';
import type { Runtime } from '../call/runtime.ts';
import type { Principal } from '../gate/types.ts';
import { instructionsOf } from './instructions.ts';

const invalidParams = -32602;
const cacheMs = 300_000;

/** How one request came in: over stdio always the same way, over HTTP by whom and from where. */
export interface Way {
  readonly transport: CallOrigin['transport'];
  readonly ip?: string;
  readonly principal?: Principal;
  /** Whether caches between may share what is listed; `private` where callers prove who they are. */
  readonly cacheScope?: 'public' | 'private';
}

/** What runs a server's own code, audited and redacted. */
export interface Handlers {
  callTool(request: CallToolRequest, context: ServerContext): Promise<CallToolResult | InputRequiredResult>;
  getPrompt(request: GetPromptRequest, context: ServerContext): Promise<GetPromptResult>;
}

/** Form answers are checked by the gate, so the SDK's own schema validator would only cost start time. */
const noValidator = {
  getValidator<Value>(): JsonSchemaValidator<Value> {
    return (input) => ({ valid: true, data: input as Value, errorMessage: undefined });
  },
};

/** One SDK server for one era of one connection: thin, as the pipeline owns every call. Does no I/O. */
export function createSdkServer(runtime: Runtime, era: 'modern' | 'legacy', way: Way): SdkServer {
  const { server } = runtime;
  const hint = { ttlMs: cacheMs, cacheScope: way.cacheScope ?? 'public' };
  const caller = way.principal === undefined ? {} : { principal: way.principal };
  const prompts = server.prompts ?? [];
  const sdk = new SdkServer(
    { name: server.name, title: server.title, version: server.version },
    {
      capabilities: { tools: {}, ...(prompts.length > 0 ? { prompts: {} } : {}) },
      instructions: instructionsOf(server, runtime.loaded.problems),
      jsonSchemaValidator: noValidator,
      cacheHints: { 'server/discover': hint, 'tools/list': hint, 'prompts/list': hint },
    },
  );
  const originOf = (context: ServerContext): CallOrigin => clientOf(sdk, context, era, way);

  sdk.setRequestHandler('tools/list', async () => ({ tools: (await runtime.listing()) as never }));
  const handlers: Handlers = {
    async callTool({ params }, context) {
      const { signal, _meta: meta, inputResponses } = context.mcpReq;
      const requestState = context.mcpReq.requestState<string>();
      const result = await runtime.callTool({
        name: params.name,
        args: params.arguments,
        meta,
        ...caller,
        origin: originOf(context),
        canElicit: canElicit(sdk, context, era),
        requestState,
        inputResponses,
        signal,
        progress: progressOf(context),
      });
      return toResult(result, requestState !== undefined);
    },
    async getPrompt({ params }, context) {
      const { getPrompt } = await import('../call/prompt.ts');
      const { name, arguments: args = {} } = params;
      const rendered = await getPrompt(runtime, { name, args, ...caller, origin: originOf(context) });
      if (rendered.kind === 'error') throw refused(rendered.text, rendered.error);
      return {
        description: rendered.description,
        messages: [{ role: 'user', content: { type: 'text', text: rendered.text } }],
      };
    },
  };
  sdk.setRequestHandler('tools/call', (request, context) => handlers.callTool(request, context));
  if (prompts.length > 0) {
    sdk.setRequestHandler('prompts/list', async () => {
      const { listPrompts } = await import('../call/prompt.ts');
      return { prompts: listPrompts(prompts) };
    });
    sdk.setRequestHandler('prompts/get', (request, context) => handlers.getPrompt(request, context));
  }
  runtime.extend?.(sdk, handlers);
  return sdk;
}

/** Only a ProtocolError may be thrown here: of anything else the SDK would send the raw message. */
function refused(text: string, error: unknown): ProtocolError {
  return new ProtocolError(invalidParams, text, { 'cinecom/error': error });
}

function toResult(result: Answer | Ask, resumed: boolean): CallToolResult | InputRequiredResult {
  if (result.kind === 'ask') {
    return inputRequired({
      inputRequests: {
        [result.key]: inputRequired.elicit({ message: result.message, requestedSchema: result.schema as never }),
      },
      requestState: result.requestState,
    });
  }
  const code = result.error?.code;
  if (code === 'unknown_tool' || (resumed && code === 'confirm_invalid')) throw refused(result.text, result.error);
  if (result.structured !== undefined) {
    return { content: [], structuredContent: result.structured, _meta: result.meta };
  }
  const images = result.images.map(({ png }) => ({ type: 'image' as const, data: png, mimeType: 'image/png' }));
  return {
    content: [{ type: 'text', text: result.text }, ...images],
    ...(result.error === undefined ? {} : { isError: true }),
    ...(Object.keys(result.meta).length > 0 ? { _meta: result.meta } : {}),
  };
}

function canElicit(sdk: SdkServer, context: ServerContext, era: 'modern' | 'legacy'): boolean {
  const capabilities =
    era === 'modern' ? envelopeOf(context)[CLIENT_CAPABILITIES_META_KEY] : sdk.getClientCapabilities();
  const elicitation = capabilities?.elicitation;
  if (elicitation === undefined) return false;
  // An empty object is how clients before the two modes said that they have forms.
  return elicitation.form !== undefined || elicitation.url === undefined;
}

/** What a client of the 2026 revision says of itself with each request. */
function envelopeOf(context: ServerContext): {
  readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities;
  readonly [CLIENT_INFO_META_KEY]?: Implementation;
} {
  return context.mcpReq.envelope ?? {};
}

function clientOf(sdk: SdkServer, context: ServerContext, era: 'modern' | 'legacy', way: Way): CallOrigin {
  const client = era === 'modern' ? envelopeOf(context)[CLIENT_INFO_META_KEY] : sdk.getClientVersion();
  return {
    transport: way.transport,
    era,
    ...(way.ip === undefined ? {} : { ip: way.ip }),
    requestId: String(context.mcpReq.id),
    ...(client === undefined ? {} : { client: `${client.name} ${client.version}` }),
  };
}

function progressOf(
  context: ServerContext,
): ((done: number, total: number | undefined, text: string) => void) | undefined {
  const token = context.mcpReq._meta?.progressToken;
  if (token === undefined) return undefined;
  return (progress, total, message) => {
    const params = { progressToken: token, progress, message, ...(total === undefined ? {} : { total }) };
    // A client that went away meanwhile has no use for it.
    context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}

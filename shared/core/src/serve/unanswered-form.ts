import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { errorMeta, errorText } from '../call/error-text.ts';
import { ToolError } from '../errors/tool-error.ts';

/**
 * For a client of 2025 the SDK itself shows the form, and when that fails answers the call in its own words, past the
 * pipeline. Recognised by its missing `cinecom/error`, such an answer becomes one of the catalogue.
 *
 * @returns undefined for every other message
 */
export function unansweredForm(
  message: JSONRPCMessage,
): { readonly message: JSONRPCMessage; readonly code: string } | undefined {
  if (!('result' in message) || message.result['isError'] !== true) return undefined;
  const meta = message.result['_meta'];
  if (typeof meta === 'object' && meta !== null && 'cinecom/error' in meta) return undefined;
  const silent = /timed out|rounds/i.test(JSON.stringify(message.result['content'] ?? ''));
  const error = silent
    ? new ToolError('confirm_expired', 'no answer to the form came in time; nothing was done', {
        hint: 'Call again to ask again.',
      })
    : new ToolError('confirm_cancelled', 'the client could not show the form; nothing was done', {
        hint: 'An operator sets --confirm code (MCP_CONFIRM=code) for clients without forms.',
      });
  const result = {
    content: [{ type: 'text' as const, text: errorText(error, true) }],
    isError: true,
    _meta: { 'cinecom/error': { ...errorMeta(error) } },
  };
  return { message: { ...message, result }, code: error.code };
}

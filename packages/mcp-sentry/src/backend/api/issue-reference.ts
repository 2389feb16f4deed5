import { ToolError } from '@cinecom/mcp-core';

const forms = 'Forms: 4711, MOVIE-SERVICE-1A, or the address of the issue.';

/**
 * Numeric id or short id of what people paste.
 * @param url of the configured Sentry: an address of another host is refused
 * @throws ToolError `invalid_input` naming the forms
 */
export function referenceOf(text: string, url: string): { readonly id: string } | { readonly shortId: string } {
  const trimmed = text.trim();
  if (/^\d{1,20}$/.test(trimmed)) return { id: trimmed };
  if (/^https?:\/\//i.test(trimmed)) return ofAddress(trimmed, url);
  if (/^[a-z0-9_][a-z0-9_-]{0,80}-[a-z0-9]{1,16}$/i.test(trimmed)) return { shortId: trimmed.toUpperCase() };
  throw new ToolError('invalid_input', 'issue is no reference that is understood', { hint: forms });
}

function ofAddress(text: string, url: string): { readonly id: string } | { readonly shortId: string } {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  const own = new URL(url);
  // sentry.io shows organisations under names of their own: acme.sentry.io
  const isOwn =
    address !== undefined &&
    (address.host === own.host || (own.host === 'sentry.io' && address.host.endsWith('.sentry.io')));
  if (!isOwn) {
    throw new ToolError('invalid_input', 'issue is an address of another host than --url (SENTRY_URL)', {
      hint: forms,
    });
  }
  const part = /\/issues\/([A-Za-z0-9_-]{1,100})(?:\/|$)/.exec(address.pathname)?.[1];
  if (part === undefined) throw new ToolError('invalid_input', 'issue is an address of no issue', { hint: forms });
  return /^\d+$/.test(part) ? { id: part } : { shortId: part.toUpperCase() };
}

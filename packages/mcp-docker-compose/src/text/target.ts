import { quote, type Target } from '@cinecom/mcp-core';

/** What a plan is about: a service, container or image; a name that none of them can have is quoted. */
export function target(type: string, name: string): Target {
  return { type, id: /^[a-zA-Z0-9][\w./:@-]{0,254}$/.test(name) ? name : quote(name) };
}

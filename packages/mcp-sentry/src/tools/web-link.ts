import { outside } from '@cinecom/mcp-core';
import * as z from 'zod';

/** Where a person sees the same, and what was asked: the last lines of an answer. */
export const source = z.strictObject({ web: outside(z.string()), api: z.string() });
export type Source = z.input<typeof source>;

/** What a fence holds. */
const longestWeb = 200;

/**
 * An address that is too long goes without its query: a cut one would lead nowhere.
 * @param path below the organisation, as `/issues/4711/`; @param api what was asked, without the base address
 */
export function sourceOf(url: string, organization: string, path: string, api: string): Source {
  const web = `${url}/organizations/${encodeURIComponent(organization)}${path}`;
  return { web: web.length > longestWeb ? web.replace(/\?.*$/s, '') : web, api };
}

export function renderSource({ web, api }: z.output<typeof source>): string {
  return `Web: ${web}\nAPI: ${api}`;
}

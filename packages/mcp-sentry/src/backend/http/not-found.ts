import { quote, ToolError } from '@cinecom/mcp-core';
import { type PathParts, pathOf, type RouteName } from './routes.ts';

/** What the parts of a path name, the most special one first. */
const kinds = [
  ['event', 'event'],
  ['issue', 'issue'],
  ['version', 'release'],
  ['trace', 'trace'],
  ['monitor', 'monitor'],
  ['workflow', 'alert'],
  ['project', 'project'],
] as const;

/** What a 404 is about, as far as the request tells. @param where Sentry and its address */
export function notFound(
  where: string,
  { route, parts, said }: { readonly route: RouteName; readonly parts: PathParts; readonly said: string | undefined },
): ToolError {
  const text = said === undefined ? {} : { backendText: said };
  if (route === 'root' || route === 'organizations') {
    return new ToolError('backend_not_found', `${where} has no API there`, {
      hint: 'Check --url (SENTRY_URL): host, and the base path that Sentry is served under.',
      ...text,
    });
  }
  const [name, kind] = kinds.find(([part]) => parts[part] !== undefined) ?? [];
  if (name !== undefined && kind !== undefined) {
    return new ToolError('backend_not_found', `${where} has no ${kind} ${named(parts[name])}`, {
      hint: 'It may be deleted, merged, of another organisation, or hidden from this token; older servers lack some of the API.',
      ...text,
    });
  }
  if (route === 'projects' || route === 'organization') {
    return new ToolError('backend_not_found', `${where} has no organisation ${named(parts['organization'])}`, {
      hint: 'Check its slug: --organization (SENTRY_ORG), or organization of the call. It may be hidden from this token.',
      ...text,
    });
  }
  return new ToolError('backend_not_found', `${where} does not have ${pathOf(route, parts)}`, {
    hint: 'Older servers lack some of the API; mcp-sentry check lists what this one can do.',
    ...text,
  });
}

/** As it may stand outside of a fence, since a message becomes part of answers too. */
function named(value: string | undefined): string {
  return value !== undefined && /^[\w.@+:~-]{1,128}$/.test(value) ? value : 'of that name';
}

/** The environments of a request that Sentry does not know, which it tells as a 404 of whatever is asked. */
export function unknownEnvironment(asked: readonly string[], known: readonly string[]): ToolError | undefined {
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length === 0) return undefined;
  const listed = known.slice(0, 20).map((name) => quote(name));
  return new ToolError('invalid_input', `environment ${unknown.map((name) => quote(name)).join(', ')} is unknown`, {
    hint: `Known: ${listed.join(', ') || 'none'}. It is set by environment of the call, or by --sentry-environment (SENTRY_ENVIRONMENT).`,
  });
}

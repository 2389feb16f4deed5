import * as z from 'zod';
import { readSmall } from '../files/read-small.ts';
import { forbiddenKeys, isObject, type Json } from '../json.ts';
import { meant } from '../nearest.ts';
import { messageOf, Problem } from '../problem.ts';
import { expandVariables } from './expand.ts';

/** How a server is reached. */
export type ServerEntry =
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string | undefined;
    }
  | { readonly kind: 'http'; readonly url: string; readonly headers: Readonly<Record<string, string>> };

const longestBytes = 256 * 1024;
const fix = 'Put the servers file right, or give another one with --servers FILE.';
const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));
// Clients keep keys of their own beside these, so unknown ones are let be.
const stdio = z.object({
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: texts.default({}),
  cwd: z.string().min(1).optional(),
});
const http = z.object({ url: z.url({ protocol: /^https?$/ }), headers: texts.default({}) });

/**
 * The servers that a client's file declares, those that are asked for: `.mcp.json` of Claude Code, Claude Desktop's file
 * (`mcpServers`), or VS Code's `mcp.json` (`servers`).
 *
 * @param env for `${NAME}` and `${NAME:-otherwise}`
 * @throws Problem naming the server, the field, or the variable that is unset
 */
export async function readServers(
  path: string,
  wanted: Iterable<string>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ReadonlyMap<string, ServerEntry>> {
  const text = await readSmall(path, 'the servers file', longestBytes, fix);
  return parseServers(text, path, wanted, env);
}

/** As `readServers`, from the text of the file. */
export function parseServers(
  text: string,
  name: string,
  wanted: Iterable<string>,
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, ServerEntry> {
  const declared = declaredServers(text, name);
  const entries = new Map<string, ServerEntry>();
  for (const server of new Set(wanted)) {
    const entry = Object.hasOwn(declared, server) ? declared[server] : undefined;
    if (entry === undefined) {
      const names = Object.keys(declared);
      throw new Problem(`${name} has no server "${server}"${meant(server, names)} (it has: ${names.join(', ')})`, fix);
    }
    const missing = new Set<string>();
    const expanded = expandVariables(entry, env, (variable) => missing.add(variable));
    if (missing.size > 0) {
      const names = [...missing].join(', ');
      throw new Problem(`${name}: the server "${server}" needs ${names}, which is not set`, `Set ${names}.`);
    }
    entries.set(server, parseEntry(expanded, `${name}: the server "${server}"`));
  }
  return entries;
}

function declaredServers(text: string, name: string): Readonly<Record<string, Json>> {
  let file: Json;
  try {
    file = JSON.parse(text) as Json;
  } catch (error) {
    // The message quotes the file, and the file may hold secrets.
    const at = /position (\d+)/.exec(messageOf(error))?.[1];
    const line = at === undefined ? '' : ` in line ${text.slice(0, Number(at)).split('\n').length}`;
    throw new Problem(`the servers file ${name} is not JSON${line}`, fix);
  }
  const servers = isObject(file) ? (file['mcpServers'] ?? file['servers']) : undefined;
  if (!isObject(servers)) throw new Problem(`the servers file ${name} has no "mcpServers" (or "servers")`, fix);
  const refused = Object.keys(servers).find((key) => forbiddenKeys.has(key));
  if (refused !== undefined) throw new Problem(`${name}: no server can be called "${refused}"`, fix);
  return servers;
}

function parseEntry(entry: Json, shownAs: string): ServerEntry {
  const type = isObject(entry) ? entry['type'] : undefined;
  if (type === 'sse') {
    throw new Problem(
      `${shownAs} is of type sse, which the protocol has dropped`,
      'Use its Streamable HTTP address, type http.',
    );
  }
  const isHttp =
    type === 'http' || type === 'streamable-http' || (type === undefined && isObject(entry) && 'url' in entry);
  if (!isHttp && type !== undefined && type !== 'stdio') {
    throw new Problem(`${shownAs} has the type ${JSON.stringify(type)} (types: stdio, http)`, fix);
  }
  const parsed = isHttp ? http.safeParse(entry) : stdio.safeParse(entry);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    // Values are not quoted: they may be secrets.
    throw new Problem(`${shownAs}, field "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'is wrong'}`, fix);
  }
  if ('url' in parsed.data) return { kind: 'http', ...parsed.data };
  return { kind: 'stdio', ...parsed.data, cwd: parsed.data.cwd };
}

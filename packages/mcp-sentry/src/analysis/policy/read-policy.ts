import { ToolError } from '@cinecom/mcp-core';
import { parseDocument } from 'yaml';
import { type Policy, policySchema } from './grammar.ts';
import { problemText } from './problem.ts';

const longestText = 50_000;
const mostAliases = 50;
const shownProblems = 5;
const reserved = ['__proto__', 'constructor', 'prototype'];

/**
 * The policy that a YAML text writes.
 *
 * @throws ToolError `invalid_input` naming path, allowed values and next step; `too_large` above 50,000 characters
 */
export function readPolicy(text: string): Policy {
  if (text.length > longestText) {
    throw new ToolError('too_large', `the policy has ${text.length} characters; the most is ${longestText}`);
  }
  const value = readYaml(text);
  const names = reservedNames(value);
  if (names.length > 0) refuse(names.map((path) => `${path}: this name is reserved`));
  const read = policySchema.safeParse(value, { reportInput: true });
  if (read.success) return read.data;
  return refuse(read.error.issues.map(problemText));
}

function readYaml(text: string): unknown {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true, prettyErrors: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line;
    return refuse([`${line === undefined ? '' : `line ${line}: `}no YAML that is understood (${problem.code})`]);
  }
  try {
    return document.toJS({ maxAliasCount: mostAliases });
  } catch {
    return refuse(['aliases that are unknown, or that unfold to too much']); // yaml has no other way to say so
  }
}

/** Paths of names that JavaScript gives a meaning of its own. */
function reservedNames(value: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof value !== 'object' || value === null || path.length > 20) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = [...path, name];
    return reserved.includes(name) ? [here.join('.')] : reservedNames(inner, here);
  });
}

function refuse(problems: readonly string[]): never {
  const more = problems.length > shownProblems ? `; ${problems.length - shownProblems} more` : '';
  throw new ToolError('invalid_input', `policy: ${problems.slice(0, shownProblems).join('; ')}${more}`, {
    hint: 'Top level: version, prefix, environment, projects, targets, levels. A level: when, on, frequency, notify, environment, projects, enabled.',
  });
}

import { quote, ToolError } from '@cinecom/mcp-core';
import { everybody, type ObjectKind, type RightsChange } from '../../model/change.ts';

/** Rights that exist on each kind of object. */
const rightsOn: Readonly<Record<ObjectKind, readonly string[]>> = {
  table: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'],
  sequence: ['SELECT', 'UPDATE', 'USAGE'],
  schema: ['USAGE', 'CREATE'],
  function: ['EXECUTE'],
  database: ['CONNECT', 'CREATE', 'TEMPORARY'],
};

/** Words that ALTER ROLE is given: what makes powerful is only taken. */
const attributeWords: readonly string[] = [
  'LOGIN',
  'NOLOGIN',
  'INHERIT',
  'NOINHERIT',
  'CREATEDB',
  'NOCREATEDB',
  'NOCREATEROLE',
  'NOSUPERUSER',
  'NOREPLICATION',
  'NOBYPASSRLS',
];

export interface ChangeInput {
  readonly action: string;
  readonly object?: string | undefined;
  readonly role?: string | undefined;
  readonly privileges: readonly string[];
  readonly attributes: readonly string[];
  readonly until?: string | undefined;
}

/**
 * What a call asks for: a right, a membership (`object` is `role NAME`), or attributes of a role.
 *
 * @throws ToolError `invalid_input` for what does not go together
 */
export function requestedChange(input: ChangeInput): RightsChange {
  const role = needed(input.role, 'role');
  if (input.action === 'alter_role') return roleChange(input, role);
  const give = input.action === 'grant';
  const { kind, name } = objectOf(needed(input.object, 'object'));
  if (kind === 'role') {
    if (input.privileges.length > 0) throw wrong('privileges: a membership has none, leave them out');
    if (role === everybody) throw wrong('role: PUBLIC cannot be a member of a role');
    return { type: 'member', give, group: name, role, options: '' };
  }
  if (input.privileges.length === 0) throw wrong(`privileges: say which of ${rightsOn[kind].join(', ')}`);
  const unknown = input.privileges.filter((one) => !rightsOn[kind].includes(one));
  if (unknown.length > 0)
    throw wrong(`privileges: a ${kind} has no ${quote(unknown.join(', '))}; it has: ${rightsOn[kind].join(', ')}`);
  const privileges = rightsOn[kind].filter((one) => input.privileges.includes(one));
  return { type: 'right', give, objectKind: kind, object: name, role, privileges, grantOption: false };
}

function roleChange({ attributes, until }: ChangeInput, role: string): RightsChange {
  if (attributes.length === 0 && until === undefined) throw wrong('attributes: say which, or until when it may log in');
  const unknown = attributes.filter((one) => !attributeWords.includes(one));
  if (unknown.length > 0)
    throw wrong(`attributes: ${quote(unknown.join(', '))} is not set here; what is: ${attributeWords.join(', ')}`);
  const both = attributes.find((one) => attributes.includes(`NO${one}`));
  if (both !== undefined) throw wrong(`attributes: ${both} and NO${both} exclude each other`);
  return { type: 'role', role, attributes: [...new Set(attributes)], until: until ?? '' };
}

function objectOf(text: string): { readonly kind: ObjectKind | 'role'; readonly name: string } {
  const [, kind, name] = /^(table|sequence|schema|function|database|role)\s+(\S.*)$/is.exec(text) ?? [];
  if (kind === undefined || name === undefined) return { kind: 'table', name: text };
  return { kind: kind.toLowerCase() as ObjectKind | 'role', name };
}

function needed(value: string | undefined, name: string): string {
  if (value === undefined) throw wrong(`${name}: this action needs it`);
  return value;
}

function wrong(message: string): ToolError {
  return new ToolError('invalid_input', message, { hint: 'Nothing was done.' });
}

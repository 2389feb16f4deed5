import { isToolError, ToolError, type ErrorCode } from '@cinecom/mcp-core';
import { isGuardRefusal, TooMuchReceived } from '@cinecom/pg-guard';
import { shownIdentifier } from '../model/shown-identifier.ts';
import { MessageTooLarge } from './message-limit.ts';

/** What else is known where an error is translated. */
export interface ErrorContext {
  readonly role?: string | undefined;
  /** `host:port/database`, never with a password. */
  readonly address?: string | undefined;
}

interface ServerError extends Error {
  readonly code?: string;
  readonly hint?: string;
  readonly position?: string;
}

/** The one place where errors of the driver, the guard and the server become errors of the catalogue. */
export function toToolError(error: unknown, context: ErrorContext = {}): ToolError {
  if (isToolError(error)) return error;
  if (isGuardRefusal(error)) {
    const place = error.position === undefined ? '' : ` at character ${error.position + 1}`;
    return new ToolError('invalid_input', `refused by rule ${error.rule} (${error.node})${place}: ${error.message}`, {
      hint: `Nothing was run. Instead: ${error.instead}.`,
      cause: error,
    });
  }
  if (error instanceof TooMuchReceived || (error instanceof Error && error.name === 'TooMuchReceived')) {
    return new ToolError('too_large', error.message, { hint: 'Select fewer or shorter values.', cause: error });
  }
  if (error instanceof MessageTooLarge) {
    return new ToolError('too_large', error.message, {
      hint: 'Select the beginning and the length instead: left(column, 500), length(column).',
      cause: error,
    });
  }
  if (!(error instanceof Error)) return new ToolError('backend_error', 'the driver failed', { cause: error });
  const state = sqlState(error);
  return state === undefined ? withoutState(error, context) : withState(error, state, context);
}

/** Five characters of SQLSTATE, as only the server sends them. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as ServerError;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]/.test(code) ? code : undefined;
}

/** A connection that is gone or never came; the same read may succeed on a new one. */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(57P0[123]|08)/.test(state) && state !== '08P01';
  if (!(error instanceof Error) || isToolError(error) || error instanceof MessageTooLarge) return false;
  return lossOf(error) !== undefined;
}

function withoutState(error: Error, context: ErrorContext): ToolError {
  const why = lossOf(error);
  if (why === undefined) {
    return new ToolError('backend_error', 'the driver failed', { backendText: error.message, cause: error });
  }
  const where = context.address === undefined ? '' : ` at ${context.address}`;
  return new ToolError('backend_unreachable', `PostgreSQL${where} ${why}`, {
    hint: 'Check that it runs and that address, port, firewall and TLS settings of DATABASE_URL are right; this server reconnects by itself.',
    cause: error,
  });
}

const systemErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: nothing listens there',
  ENOTFOUND: 'is not found: the host name does not resolve',
  EAI_AGAIN: 'is not found: the host name does not resolve now',
  ETIMEDOUT: 'does not answer',
  EHOSTUNREACH: 'cannot be reached: no route to the host',
  ENETUNREACH: 'cannot be reached: no route to the network',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  ENOENT: 'has no socket there',
};

function lossOf(error: Error): string | undefined {
  const known = systemErrors[String((error as ServerError).code)];
  if (known !== undefined) return known;
  if (/timeout expired|timed? ?out/i.test(error.message)) return 'does not answer';
  if (/SSL|TLS|certificate|self.signed/i.test(error.message)) return `refuses the TLS connection (${error.message})`;
  if (/terminated|not queryable|closed|ended/i.test(error.message)) return 'closed the connection';
  return undefined;
}

interface Rule {
  readonly states: RegExp;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

const rules: readonly Rule[] = [
  {
    states: /^28/,
    code: 'backend_auth',
    message: 'PostgreSQL refused the credentials',
    hint: 'Check user, password and database of DATABASE_URL (special characters percent-encoded) and the pg_hba.conf line for this host.',
  },
  {
    states: /^42501$/,
    code: 'backend_forbidden',
    message: 'the role lacks a privilege',
    hint: 'As a superuser: GRANT pg_monitor, pg_read_all_data TO {role};',
  },
  {
    states: /^(3D000|42P01|3F000)$/,
    code: 'backend_not_found',
    message: 'PostgreSQL has no such object',
    hint: 'Check name, schema and database; pg_query with information_schema.tables lists what there is.',
  },
  {
    states: /^(55P03|40)/,
    code: 'backend_conflict',
    message: 'a lock or a concurrent change stood in the way',
    hint: 'pg_locks shows who holds it.',
  },
  {
    states: /^57014$/,
    code: 'timeout',
    message: 'the statement ran into its time limit and was ended by the server',
    hint: 'Ask for less, or an operator raises --statement-timeout.',
  },
  {
    states: /^53300$/,
    code: 'backend_unreachable',
    message: 'PostgreSQL has no connection left: too many clients',
    hint: 'pg_overview and pg_activity work over the connection that this server keeps open; pg_activity {"groupBy":"app"} shows who holds them.',
  },
  {
    states: /^(57P0[123]|08)/,
    code: 'backend_unreachable',
    message: 'PostgreSQL is starting, stopping, or closed the connection',
    hint: 'This server reconnects by itself; try again.',
  },
  {
    states: /^0A000$/,
    code: 'backend_unsupported',
    message: 'this PostgreSQL cannot do that',
    hint: 'The text of the server says what.',
  },
];

function withState(error: ServerError, state: string, context: ErrorContext): ToolError {
  if (state === '08P01' && error.message.includes('unsupported startup parameter')) return behindPooler(error);
  const rule = rules.find(({ states }) => states.test(state));
  const details = { backendText: textOf(error), cause: error };
  if (rule === undefined) {
    const place = error.position === undefined ? '' : ` at character ${error.position}`;
    return new ToolError('backend_error', `PostgreSQL reports an error (SQLSTATE ${state})${place}`, details);
  }
  const hint = rule.hint.replace('{role}', () => shownIdentifier(context.role ?? 'mcp_reader'));
  return new ToolError(rule.code, `${rule.message} (SQLSTATE ${state})`, { ...details, hint });
}

function textOf(error: ServerError): string {
  return error.hint === undefined ? error.message : `${error.message} (hint: ${error.hint})`;
}

/** What makes reading safe is set as a connection begins; behind a pooler it would stay with nobody, or with somebody else. */
function behindPooler(cause: Error): ToolError {
  return new ToolError(
    'backend_unsupported',
    'a connection pooler stands before PostgreSQL and refuses the settings that make reading safe',
    {
      hint: 'Give DATABASE_URL the address of PostgreSQL itself (its own port); three connections at most are opened.',
      cause,
    },
  );
}

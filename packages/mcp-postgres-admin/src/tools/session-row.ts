import type { Session } from '../model/session.ts';
import { excerpt } from '../text/excerpt.ts';

const shownQuery = 160;

/** One session as tools show it; what is null is left out. */
export function sessionRow(session: Session) {
  return {
    pid: session.pid,
    ...present('user', session.user),
    ...present('app', session.application),
    ...present('addr', session.address),
    ...present('database', session.database),
    state: session.kind === 'client backend' ? (session.state ?? 'unknown') : session.kind,
    ...(session.stateMs === null ? {} : { forMs: session.stateMs }),
    ...(session.transactionMs === null ? {} : { transactionMs: session.transactionMs }),
    ...(session.waitEvent === null || session.waitEvent === 'Client:ClientRead' ? {} : { wait: session.waitEvent }),
    query: queryExcerpt(session.query),
  };
}

/** One line of a statement; its beginning is what `pg_cancel` and `pg_terminate` recognise it by. */
export function queryExcerpt(text: string): string {
  return excerpt(text, shownQuery);
}

function present<Name extends string>(name: Name, value: string | null): { [Key in Name]?: string } {
  return value === null || value === '' ? {} : ({ [name]: value } as { [Key in Name]?: string });
}

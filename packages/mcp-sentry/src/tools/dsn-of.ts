import { ToolError } from '@cinecom/mcp-core';
import { isSameServer, parseDsn } from '../analysis/ingest/dsn.ts';
import { type DsnOwner, ownerOf } from '../analysis/ingest/dsn-owner.ts';
import type { Dsn } from '../model/ingest.ts';
import type { Project, Scope } from '../model/scope.ts';
import type { ClientKey } from '../model/usage.ts';
import { plainName } from '../text/index.ts';
import type { SentryCall } from './scope.ts';

export const setDsn = 'Set SENTRY_DSN or --dsn to the DSN of the project, from its settings, Client Keys';

/** A DSN to send with, and whose it is. */
export interface DsnInUse {
  readonly dsn: Dsn;
  /** Where it is from, in words. */
  readonly from: string;
  readonly owner: DsnOwner;
  readonly project: Project;
}

/**
 * The DSN of the settings; of a project that is asked for by name, where the settings have that of another, its own.
 *
 * @param keys of the projects; undefined where they cannot be read
 * @param wanted the project asked for by name; @param hint where there is no DSN
 * @throws ToolError `not_configured`, and `out_of_scope` for a DSN of another organisation or project
 */
export function dsnOf(
  {
    scope,
    keys,
    wanted,
    hint,
  }: {
    readonly scope: Scope;
    readonly keys: readonly ClientKey[] | undefined;
    readonly wanted?: Project | undefined;
    readonly hint: string;
  },
  { settings, backend }: Pick<SentryCall, 'settings' | 'backend'>,
): DsnInUse {
  const own = settings.dsn ?? settings.sentryDsn;
  const from = settings.dsn === undefined && own !== undefined ? 'SENTRY_DSN' : '--dsn';
  const read = parseDsn(own ?? '');
  if (read.kind === 'dsn' && (wanted === undefined || read.dsn.projectId === wanted.id)) {
    return owned(read.dsn, from, keys, scope, backend.url);
  }
  if (wanted === undefined) {
    throw new ToolError('not_configured', `${from} ${read.kind === 'dsn' ? 'is not used' : read.why}`, {
      hint,
    });
  }
  return ofProject(wanted, keys, backend.url, scope);
}

function owned(dsn: Dsn, from: string, keys: readonly ClientKey[] | undefined, scope: Scope, url: string): DsnInUse {
  const owner = ownerOf(dsn, keys, scope.projects);
  // projects are numbered from 1 in every Sentry: a number that is known here says nothing about another host
  const isElsewhere = owner.kind === 'unknown_key' && !isSameServer(dsn, url);
  const project = 'project' in owner ? owner.project : undefined;
  const known = project ?? scope.projects.find(({ id }) => id === dsn.projectId);
  if (owner.kind !== 'other_organization' && !isElsewhere && known !== undefined)
    return { dsn, from, owner, project: known };
  throw new ToolError(
    'out_of_scope',
    `the DSN of ${from} is of another organisation, or of a project outside of scope`,
    {
      hint: 'An event would not be seen here: give the DSN of a project in scope, or read the other organisation.',
    },
  );
}

function ofProject(project: Project, keys: readonly ClientKey[] | undefined, url: string, scope: Scope): DsnInUse {
  const own = (keys ?? []).filter(({ projectId, dsn }) => projectId === project.id && dsn !== undefined);
  const read = parseDsn((own.find(({ isActive }) => isActive) ?? own[0])?.dsn ?? '');
  const shown = plainName(project.slug) ?? 'the project';
  if (read.kind !== 'dsn') {
    throw new ToolError('not_configured', `no client key of ${shown} can be read`, {
      hint: 'Give the token project:read, or set --dsn to the DSN of the project.',
    });
  }
  // its address is what the server tells: nothing is sent to a host that is not the server's own
  if (!isSameServer(read.dsn, url)) {
    throw new ToolError('not_configured', `the DSN of ${shown} names another host than --url (SENTRY_URL)`, {
      hint: 'Where that is right, set --dsn to it.',
    });
  }
  return owned(read.dsn, 'its client key', keys, scope, url);
}

import { describe, expect, it } from 'vitest';
import { fillCinema } from './support/cinema.ts';
import { freezeTime, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';

freezeTime();

const opened = (argv: readonly string[] = []) =>
  openBed({ now, fill: fillCinema, argv: ['--allow', 'write', ...argv] });

describe('what Sentry does not have', () => {
  it.each([
    ['sentry_issue', { issue: 'NOPE-1' }, 'backend_not_found', 'has no issue NOPE-1'],
    ['sentry_release', { version: 'movie@9' }, 'backend_not_found', 'has no release movie@9'],
    ['sentry_triage_issues', { issues: ['MOVIE-SERVICE-1', 'NOPE-9'], seen: true }, 'backend_not_found', 'NOPE-9'],
    ['sentry_overview', { organization: 'acmee' }, 'invalid_input', 'organization `acmee` is not visible'],
    ['sentry_overview', { organization: 'acmee' }, 'invalid_input', 'Allowed: acme.'],
    ['sentry_issue', { issue: 'MOVIE-SERVICE-1', environment: 'prod' }, 'invalid_input', '`prod` is unknown'],
    ['sentry_query', { fields: ['title'], environment: 'prod' }, 'invalid_input', 'Known: `production`'],
    ['sentry_overview', { projects: ['movi-service'] }, 'invalid_input', 'project `movi-service` is not visible'],
    ['sentry_overview', { projects: ['movi-service'] }, 'invalid_input', 'Did you mean movie-service?'],
  ] as const)('%s %j is refused by name: %s, %s', async (tool, args, code, says) => {
    const { client } = await opened();
    const { code: told, text } = await client.refusal(tool, args);
    expect(told).toBe(code);
    expect(text).toContain(says);
  });

  it('is told of the environments of the settings too', async () => {
    const { client } = await opened(['--sentry-environment', 'prod']);
    const { code, text } = await client.refusal('sentry_search_issues', {});
    expect(code).toBe('invalid_input');
    expect(text).toContain('environment `prod` is unknown');
  });
});

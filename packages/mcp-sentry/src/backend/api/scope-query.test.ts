import { expect, it } from 'vitest';
import { scopeQuery } from './scope-query.ts';

const scope = { organization: 'acme', projects: [], isCut: false, environments: [] };
const movies = {
  id: '7',
  slug: 'movie-service',
  platform: undefined,
  teams: [],
  firstEventAt: undefined,
  latestRelease: undefined,
};

it('names each project of a scope that is cut, and says that all are meant where it is not', () => {
  expect(scopeQuery({ ...scope, projects: [movies], isCut: true }).getAll('project')).toEqual(['7']);
  expect(scopeQuery({ ...scope, projects: [movies] }).getAll('project')).toEqual(['-1']);
});

it('refuses a scope that is cut to nothing: Sentry would take it for everything', () => {
  expect(() => scopeQuery({ ...scope, isCut: true })).toThrow('none of the projects in scope');
});

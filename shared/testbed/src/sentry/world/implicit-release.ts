import type { Project } from './model.ts';
import type { State } from './state.ts';

/** An event, a span or a session that names a release makes Sentry know it. */
export function noteRelease(state: State, project: Project, version: string | undefined, at: number | undefined): void {
  if (version === undefined || at === undefined) return;
  const { organization } = project;
  const known = state.releases.find((each) => each.version === version && each.organization === organization);
  if (known) {
    if (!known.projects.includes(project)) known.projects.push(project);
    if (known.isImplicit) known.dateCreated = Math.min(known.dateCreated, at);
    return;
  }
  state.releases.push({
    id: String(state.nextId()),
    version,
    organization,
    projects: [project],
    dateCreated: at,
    dateReleased: undefined,
    isImplicit: true,
    commits: [],
    deploys: [],
  });
}

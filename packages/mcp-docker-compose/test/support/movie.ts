import { type BuiltClient, type BuiltOptions } from '@cinecom/mcp-core/testing';
import {
  type CinemaBehaviour,
  type CinemaService,
  cinemaService,
  type ComposeProject,
  composeProject,
  type DockerServer,
  importCinema,
  removeProject,
} from '@cinecom/testbed';
import { openBinary } from './binary.ts';

/** What the engine says of one replica. */
export interface Replica {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly imageId: string;
  readonly state: string;
  readonly isReady: boolean;
}

/** A service `movie` that runs, and how it is looked at past the server. */
export interface Movie extends AsyncDisposable {
  readonly project: ComposeProject;
  readonly client: BuiltClient;
  /** Image ids by version. */
  readonly images: Readonly<Record<string, string>>;
  replicas(): Promise<readonly Replica[]>;
  /** Rewrites the file. */
  change(service: Partial<CinemaService>): void;
  /** In a container, past the server. */
  exec(id: string, command: readonly string[]): Promise<void>;
  /** Another server over the same state. */
  another(): Promise<BuiltClient>;
}

export interface MovieOptions {
  readonly name: string;
  readonly versions?: Readonly<Record<string, CinemaBehaviour>>;
  readonly service?: Partial<CinemaService>;
  /** Further YAML at the top of the file. */
  readonly more?: string;
  /** Default `write`. */
  readonly allow?: 'write' | 'destructive';
  readonly server?: BuiltOptions;
}

/** Version 1 of the movie service, up and healthy, and a server that may change it without asking. */
export async function openMovie(server: DockerServer, options: MovieOptions): Promise<Movie> {
  const { name, versions = { '1': 'good', '2': 'good' }, service = {}, more: top = '', allow = 'write' } = options;
  const images: Record<string, string> = {};
  for (const [version, behaviour] of Object.entries(versions)) {
    images[version] = await importCinema(server, { reference: `${name}/movie:${version}`, version, behaviour });
  }
  const file = (more: Partial<CinemaService>): string =>
    `name: ${name}\n${top}services:\n${cinemaService({ image: `${name}/movie:1`, ...service, ...more })}`;
  const project = composeProject(server, { name, file: file({}) });
  await project.run('up', '--detach', '--pull', 'never', '--wait');
  const argv = ['--project-name', name, '--allow', allow, '--confirm', 'never', ...(options.server?.argv ?? [])];
  const client = await openBinary(server, [project.file], { ...options.server, argv });
  return {
    project,
    client,
    images,
    replicas: () => replicasOf(server, name),
    change: (more) => project.write('docker-compose.prod.yml', file(more)),
    async exec(id, command) {
      const { Id } = (await server.ask(`/containers/${id}/exec`, 'POST', { Cmd: command })) as { readonly Id: string };
      await server.ask(`/exec/${Id}/start`, 'POST', { Detach: true });
    },
    another: () => openBinary(server, [project.file], { argv, state: client.state }),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await removeProject(project);
    },
  };
}

interface Told {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly State: { readonly Status: string; readonly Health?: { readonly Status: string } };
}

/** Asked of the engine itself, by number. */
async function replicasOf(server: DockerServer, project: string): Promise<readonly Replica[]> {
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${project}`] });
  const list = (await server.ask(`/containers/json?all=1&filters=${encodeURIComponent(filters)}`)) as readonly {
    readonly Id: string;
  }[];
  const all = await Promise.all(list.map(({ Id }) => server.ask(`/containers/${Id}/json`) as Promise<Told>));
  return all
    .map(({ Id, Name, Image, Config, State }) => ({
      id: Id,
      name: Name.slice(1),
      hash: Config.Labels['com.docker.compose.config-hash'] ?? '',
      imageId: Image,
      state: State.Status,
      isReady: State.Status === 'running' && (State.Health === undefined || State.Health.Status === 'healthy'),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

import { askEngine } from '../engine-api.ts';

/** A replica that may get requests. */
export interface Replica {
  readonly name: string;
  /** Image id. */
  readonly image: string;
  readonly address: string;
}

/** What `GET /containers/json` tells of a container, as far as it is read here. */
export interface ListedContainer {
  readonly Names: readonly string[];
  readonly ImageID: string;
  /** `running`, `paused`, `restarting`, … */
  readonly State: string;
  /** For people: `Up 3 seconds (healthy)`; without a health check nothing in brackets. */
  readonly Status: string;
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

export interface ReplicasOf {
  readonly host: string;
  readonly project: string;
  readonly service: string;
}

/** Replicas of a service that are ready now: healthy, or running where there is no health check. */
export async function readyReplicas({ host, project, service }: ReplicasOf): Promise<readonly Replica[]> {
  const label = [
    `com.docker.compose.project=${project}`,
    `com.docker.compose.service=${service}`,
    'com.docker.compose.oneoff=False',
  ];
  const filters = encodeURIComponent(JSON.stringify({ label }));
  const listed = await askEngine({ host, path: `/containers/json?filters=${filters}` });
  return readyOf(listed as readonly ListedContainer[]);
}

/** Those of listed containers that a health-aware balancer sends requests to. */
export function readyOf(listed: readonly ListedContainer[]): readonly Replica[] {
  return listed.filter(isReady).flatMap(({ Names, ImageID, NetworkSettings }) => {
    const address = Object.values(NetworkSettings.Networks).find(({ IPAddress }) => IPAddress !== '')?.IPAddress;
    return address === undefined ? [] : [{ name: Names[0]?.slice(1) ?? '', image: ImageID, address }];
  });
}

function isReady({ State, Status }: ListedContainer): boolean {
  if (State !== 'running') return false;
  return Status.includes('(healthy)') || !Status.includes('(');
}

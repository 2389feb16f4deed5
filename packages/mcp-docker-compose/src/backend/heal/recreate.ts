import type { Json } from '@cinecom/mcp-core';
import type { Container } from '../../model/container.ts';
import type { Engine, EngineChanges } from '../port.ts';

interface Mount {
  readonly Target?: string;
}

interface HostConfig {
  readonly Binds?: readonly string[] | null;
  readonly Mounts?: readonly Mount[] | null;
}

/**
 * The same container anew: of its own definition, image and volumes, nameless ones too; only what it wrote elsewhere goes.
 * The new one is made before the old one goes, as Compose does it.
 * @returns its id
 */
export async function recreate(
  old: Container,
  { engine, changes }: { readonly engine: Engine; readonly changes: EngineChanges },
  signal: AbortSignal,
): Promise<string> {
  const { body, networks } = await changes.definition(old.id, signal);
  const isStillIt = (await engine.image(old.image, signal))?.id === old.imageId;
  const config = body as Readonly<Record<string, Json>>;
  const id = await changes.create(
    {
      name: `${old.id.slice(0, 12)}_${old.name}`,
      body: {
        ...config,
        Image: isStillIt ? old.image : old.imageId,
        HostConfig: withVolumes((config.HostConfig ?? {}) as HostConfig, old) as Json,
      },
      networks,
    },
    signal,
  );
  if (old.state.status !== 'exited') await changes.stop(old.id, old.stopGraceMs, signal);
  await changes.remove(old.id, signal);
  await changes.rename(id, old.name, signal);
  await changes.start(id, signal);
  return id;
}

/** A volume without a name of its own is found again only when it is asked for. */
function withVolumes(host: HostConfig, { mounts }: Container): HostConfig {
  const nameless = mounts.filter(({ type, name }) => type === 'volume' && /^[0-9a-f]{64}$/.test(name));
  if (nameless.length === 0) return host;
  const targets = new Set(nameless.map(({ target }) => target));
  return {
    ...host,
    Mounts: (host.Mounts ?? []).filter(({ Target }) => Target === undefined || !targets.has(Target)),
    Binds: [
      ...(host.Binds ?? []),
      ...nameless.map(({ name, target, isWritable }) => `${name}:${target}:${isWritable ? 'rw' : 'ro'}`),
    ],
  };
}

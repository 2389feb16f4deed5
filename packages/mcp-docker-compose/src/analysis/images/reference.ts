/** Parts of an image reference: `registry:5000/name:tag@sha256:…`. */
export interface ImageReference {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

export function readReference(reference: string): ImageReference {
  const at = reference.indexOf('@');
  const name = at < 0 ? reference : reference.slice(0, at);
  const colon = name.lastIndexOf(':');
  // a colon before the last slash belongs to the port of the registry
  const hasTag = colon > name.lastIndexOf('/');
  return {
    repository: hasTag ? name.slice(0, colon) : name,
    tag: hasTag ? name.slice(colon + 1) : undefined,
    digest: at < 0 ? undefined : reference.slice(at + 1),
  };
}

/** Whether the same reference may be another image tomorrow for sure: `:latest`, or no tag at all. */
export function isUnpinned(reference: string): boolean {
  const { tag, digest } = readReference(reference);
  return digest === undefined && (tag === undefined || tag === 'latest');
}

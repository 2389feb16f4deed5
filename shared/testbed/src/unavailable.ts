/** A backend cannot be had on this machine; the message says why and what would bring it. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable';
}

/** By name, so that it also holds across two copies of this module. */
export function isBackendUnavailable(value: unknown): value is BackendUnavailable {
  return value instanceof Error && value.name === 'BackendUnavailable';
}

import type { EngineHost } from '../host.ts';

/** Of the process, what Compose and docker read themselves. */
const own = /^(PATH|HOME|TMPDIR|XDG_CONFIG_HOME|SSL_CERT_FILE|SSL_CERT_DIR|DOCKER_CONFIG|COMPOSE_[A-Z_]+)$/;

/**
 * What the Compose command gets from the environment: what it needs itself, the engine that our own client talks to, and
 * no way to fetch files from elsewhere.
 */
export function baseEnvironment(
  { address, certificates }: EngineHost,
  all: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const passed = Object.entries(all).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && own.test(entry[0]),
  );
  return {
    ...Object.fromEntries(passed),
    DOCKER_HOST: address,
    ...(certificates === undefined ? {} : { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates }),
    COMPOSE_EXPERIMENTAL_GIT_REMOTE: '0',
    COMPOSE_EXPERIMENTAL_OCI_REMOTE: '0',
    COMPOSE_MENU: '0',
    COMPOSE_ANSI: 'never',
    COMPOSE_PROGRESS: 'plain',
  };
}

/** Those of `names` that are set: exactly the variables that the project uses. */
export function chosenVariables(
  names: Iterable<string>,
  all: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const chosen: Record<string, string> = {};
  for (const name of names) {
    const value = Object.hasOwn(all, name) ? all[name] : undefined;
    if (value !== undefined) chosen[name] = value;
  }
  return chosen;
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '@cinecom/mcp-core';
import type { ComposeSettings } from '../settings.ts';

const standardSocket = '/var/run/docker.sock';

/** Where the engine is: settled once, and handed to our client and to the Compose command alike. */
export interface EngineHost {
  /** As `DOCKER_HOST` takes it: `unix:///path` or `tcp://host:port`. */
  readonly address: string;
  /** Folder with ca.pem, cert.pem, key.pem; undefined = no TLS. */
  readonly certificates: string | undefined;
}

/**
 * The address of the settings, else that of the context (`DOCKER_CONTEXT` or the current one), else the local socket.
 * @throws ToolError `not_configured` for a context that is not there and addresses that are not supported
 */
export function resolveHost(settings: ComposeSettings): EngineHost {
  const certificates = settings.dockerCertPath ?? join(homedir(), '.docker');
  const host =
    settings.dockerHost === undefined
      ? contextHost(settings.dockerContext ?? currentContext())
      : { address: settings.dockerHost, certificates: settings.dockerTlsVerify ? certificates : undefined };
  return checked(host);
}

function checked({ address, certificates }: EngineHost): EngineHost {
  if (address.startsWith('ssh://')) {
    throw new ToolError('not_configured', 'an engine over ssh:// is not supported', {
      hint: 'Forward its socket (ssh -N -L /path/docker.sock:/var/run/docker.sock host) and set --docker-host unix:///path/docker.sock.',
    });
  }
  if (/^unix:\/\/\/./.test(address) || (/^tcp:\/\/[^\s]+$/.test(address) && URL.canParse(address))) {
    return { address, certificates: address.startsWith('tcp:') ? certificates : undefined };
  }
  throw new ToolError('not_configured', '--docker-host is neither unix:///path nor tcp://host:port', {
    hint: 'For example unix:///var/run/docker.sock or tcp://10.0.0.5:2376 with DOCKER_TLS_VERIFY and DOCKER_CERT_PATH.',
  });
}

function dockerFolder(): string {
  return process.env.DOCKER_CONFIG ?? join(homedir(), '.docker');
}

function currentContext(): string {
  const file = join(dockerFolder(), 'config.json');
  if (!existsSync(file)) return 'default';
  const { currentContext: name = 'default' } = readJson(file) as { readonly currentContext?: string };
  return name;
}

/** What `docker context inspect` tells: contexts lie in folders named by the hash of their name. */
function contextHost(name: string): EngineHost {
  if (name === 'default') return { address: `unix://${standardSocket}`, certificates: undefined };
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(dockerFolder(), 'contexts', 'meta', id, 'meta.json');
  if (!existsSync(file)) {
    throw new ToolError('not_configured', `there is no docker context of the name ${JSON.stringify(name)}`, {
      hint: 'docker context ls lists them; set DOCKER_CONTEXT or --docker-host.',
    });
  }
  const { Endpoints } = readJson(file) as { readonly Endpoints?: { readonly docker?: { readonly Host?: string } } };
  const certificates = join(dockerFolder(), 'contexts', 'tls', id, 'docker');
  return {
    address: Endpoints?.docker?.Host ?? `unix://${standardSocket}`,
    certificates: existsSync(certificates) ? certificates : undefined,
  };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ToolError('not_configured', 'the configuration of the docker command cannot be read', {
      hint: 'Repair config.json and contexts of the docker command, or set --docker-host.',
      cause,
    });
  }
}

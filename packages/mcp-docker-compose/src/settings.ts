import { setting, settings, type SettingsValues } from '@cinecom/mcp-core';
import * as z from 'zod';

const file = z.string().min(1).max(4096);
const projectName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]*$/, 'expected lower-case letters, digits, _ and -, a letter or digit first');
const serviceName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, 'expected the name of a service as in the Compose file');

/** What this server can be told beside the settings of the core. */
export const composeSettings = settings({
  file: setting({
    schema: z.array(file).max(20).default([]),
    flag: 'file',
    env: 'COMPOSE_FILE',
    description: 'Compose file; several are merged in this order',
    shownDefault: 'compose.yaml or docker-compose.yml of the project directory, with its override file',
    example: 'docker-compose.prod.yml',
  }),
  projectDirectory: setting({
    schema: file.optional(),
    flag: 'project-directory',
    description: 'folder that relative paths of the files start from',
    shownDefault: 'folder of the first file',
  }),
  projectName: setting({
    schema: projectName.optional(),
    flag: 'project-name',
    env: 'COMPOSE_PROJECT_NAME',
    description: 'name of the project',
    shownDefault: 'name of the file, else of its folder',
  }),
  profile: setting({
    schema: z.array(z.string().min(1).max(100)).max(50).default([]),
    flag: 'profile',
    env: 'COMPOSE_PROFILES',
    description: 'profiles that are on',
  }),
  variablesFile: setting({
    schema: z.array(file).max(20).default([]),
    flag: 'variables-file',
    env: 'COMPOSE_ENV_FILES',
    description: 'files with values of variables',
    shownDefault: '.env of the project directory',
  }),
  dockerHost: setting({
    schema: z.string().min(1).max(500).optional(),
    flag: 'docker-host',
    env: 'DOCKER_HOST',
    description: 'the engine: unix:///path, or tcp://host:2376 with TLS',
    shownDefault: 'the current context, else unix:///var/run/docker.sock',
    example: 'unix:///var/run/docker.sock',
  }),
  dockerContext: setting({
    schema: z.string().min(1).max(200).optional(),
    env: 'DOCKER_CONTEXT',
    description: 'context of the docker command whose engine to use',
  }),
  dockerTlsVerify: setting({
    schema: z.string().optional(),
    env: 'DOCKER_TLS_VERIFY',
    description: 'any value: tcp:// hosts are talked to over TLS',
  }),
  dockerCertPath: setting({
    schema: file.optional(),
    env: 'DOCKER_CERT_PATH',
    description: 'folder with ca.pem, cert.pem and key.pem',
  }),
  services: setting({
    schema: z.array(serviceName).max(200).default([]),
    flag: 'services',
    description: 'services that may be seen and changed',
    shownDefault: 'all services of the project',
  }),
  protect: setting({
    schema: z.array(serviceName).max(200).default([]),
    flag: 'protect',
    description: 'services that no change may touch',
  }),
  writeFiles: setting({
    schema: z.boolean().default(false),
    flag: 'write-files',
    description: 'allow changes of the Compose file itself, comments kept',
  }),
  maxReplicas: setting({
    schema: z.int().min(1).max(1000).default(20),
    flag: 'max-replicas',
    description: 'most replicas that one service may be scaled to',
  }),
  memoryGuard: setting({
    schema: z.number().min(0.1).max(1).default(0.8),
    flag: 'memory-guard',
    description: "share of the host's memory that limits of all replicas may add up to",
  }),
  sampleSeconds: setting({
    schema: z.int().min(0).max(60).optional(),
    flag: 'sample-seconds',
    description: 'how often to sample what replicas use, for scaling by load and right-sizing; 0 = never',
    shownDefault: '0; 15 in `daemon`',
  }),
  prometheusUrl: setting({
    schema: z.url({ protocol: /^https?$/ }).optional(),
    flag: 'prometheus-url',
    env: 'PROMETHEUS_URL',
    secret: true,
    description: 'Prometheus with metrics of cAdvisor, as history for right-sizing instead of own samples',
    example: 'http://prometheus:9090',
  }),
  keepSnapshots: setting({
    schema: z.int().min(1).max(100).default(5),
    flag: 'keep-snapshots',
    description: 'snapshots that are kept, with their images',
  }),
});

export type ComposeSettings = SettingsValues<typeof composeSettings>;

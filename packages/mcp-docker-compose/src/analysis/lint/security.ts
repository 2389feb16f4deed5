import { isSecretName } from '../secrets/secret-names.ts';
import { serviceRule, textAt } from './rule.ts';

export const plainSecret = serviceRule('PLAIN_SECRET', ({ service, project, line }) =>
  Object.entries(service.environment).flatMap(([name, value]) => {
    if (value === null || value === '' || !isSecretName(name)) return [];
    const exact = project.locator.locate(['services', service.name, 'environment', name]);
    const isWritten = isWrittenOut(textAt(project.sources, exact), name);
    return [
      {
        severity: isWritten ? ('warning' as const) : ('info' as const),
        evidence: isWritten ? `${name} is written in the file` : `${name} comes by the environment`,
        threshold: 'secrets as files',
        fix: isWritten
          ? 'Take it out of the file: use secrets:, or at least a variable; then change it'
          : 'Use secrets: and the _FILE form where the image has one: whoever may inspect the container can read it',
        at: exact ?? line(['env_file']),
      },
    ];
  }),
);

/** `NAME: value` or `NAME=value` without a variable: `$$` is a dollar sign. A name alone is passed through. */
function isWrittenOut(line: string, name: string): boolean {
  const at = line.indexOf(name);
  const rest = at < 0 ? '' : line.slice(at + name.length).replaceAll('$$', '');
  return /^["']?\s*[:=]\s*\S/.test(rest) && !rest.includes('$');
}

export const privileged = serviceRule('PRIVILEGED', ({ service, line }) => {
  if (service.raw.privileged !== true) return [];
  return [
    {
      severity: 'warning',
      evidence: 'privileged: true',
      threshold: 'single capabilities',
      fix: 'Give cap_add and devices that it needs instead: privileged is root on the host',
      at: line(['privileged']),
    },
  ];
});

const namespaces = ['network_mode', 'pid', 'ipc', 'uts', 'userns_mode', 'cgroup'];

export const hostNamespace = serviceRule('HOST_NAMESPACE', ({ service, line }) =>
  namespaces
    .filter((key) => service.raw[key] === 'host')
    .map((key) => ({
      severity: 'warning' as const,
      evidence: `${key}: host`,
      threshold: 'namespaces of its own',
      fix:
        key === 'network_mode'
          ? 'Publish the ports it needs: two replicas cannot listen on the same ones'
          : 'Remove it unless the service watches the host itself',
      at: line([key]),
    })),
);

const sockets = /(docker|containerd|podman)\.sock$/;

export const engineSocket = serviceRule('ENGINE_SOCKET', ({ service, line }) =>
  service.volumes
    .filter(({ source }) => sockets.test(source))
    .map(({ source }) => ({
      severity: 'warning' as const,
      evidence: `mounts ${source}`,
      threshold: 'none',
      fix: 'Put a socket proxy with an allow-list between: the socket is root on the host, read-only or not',
      at: line(['volumes'], source),
    })),
);

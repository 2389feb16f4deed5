import type { Finding } from '@cinecom/mcp-core';
import type { Code } from './precedence.ts';

type Next = NonNullable<Finding['next']>;

const limits = (service: string): Next => ({ tool: 'compose_inspect', args: { service, section: 'limits' } });
const size = (service: string): Next => ({ tool: 'compose_rightsize', args: { service } });
const logs = (service: string): Next => ({ tool: 'compose_logs', args: { services: [service], since: '1h' } });
const deployCheck = (service: string): Next => ({ tool: 'compose_deploy_check', args: { services: [service] } });
const inspect = (service: string): Next => ({ tool: 'compose_inspect', args: { service } });

const following: Partial<Record<Code, (service: string) => Next>> = {
  OOM_KILLED: size,
  MEM_PRESSURE: size,
  CPU_THROTTLED: size,
  LIMIT_DRIFT: limits,
  CRASH_LOOP: logs,
  APP_UNHEALTHY: logs,
  DISK_FULL: logs,
  EXITED: logs,
  CONFIG_DRIFT: deployCheck,
  IMAGE_DRIFT: deployCheck,
  IMAGE_MISSING: (service) => ({ tool: 'compose_up', args: { services: [service], pull: 'missing' } }),
  REPLICAS_MISSING: (service) => ({ tool: 'compose_up', args: { services: [service] } }),
  ORPHAN: () => ({ tool: 'compose_cleanup', args: { what: ['orphans'] } }),
  ZOMBIE_CREATED: () => ({ tool: 'compose_cleanup', args: { what: ['created'] } }),
};

/** What to look at or do next. @param plain the service, as it may stand in a call */
export function nextOf(code: Code, plain: string): Next {
  return (following[code] ?? inspect)(plain);
}

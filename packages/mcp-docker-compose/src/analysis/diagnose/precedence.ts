/**
 * All codes, in the order in which they take precedence: of what is wrong with one service the first is its root cause, the
 * rest are consequences. What only informs comes after everything that warns.
 *
 * 1. What the kernel or the engine says by itself: memory, disk, ports, volumes, networks, images.
 * 2. Ends that somebody or something else brought about.
 * 3. A dependency: what waits for another service is not to blame for what follows from that.
 * 4. A probe that cannot work says nothing of the application, so it comes before what the application does.
 * 5. The application, as its ends and probes show it; want of CPU explains slow probes, so it comes before them.
 * 6. What is only known not to run, without a reason.
 * 7. What does no harm yet.
 */
export const codes = [
  'OOM_KILLED',
  'DISK_FULL',
  'PORT_CONFLICT',
  'VOLUME_MISSING',
  'NETWORK_DETACHED',
  'IMAGE_MISSING',
  'GRACE_EXCEEDED',
  'EXTERNAL_KILL',
  'DEP_UNHEALTHY',
  'HEALTHCHECK_BROKEN',
  'CRASH_LOOP',
  'APP_UNHEALTHY',
  'MEM_PRESSURE',
  'CPU_THROTTLED',
  'PROBE_TIMEOUT',
  'EXITED',
  'PAUSED',
  'ZOMBIE_CREATED',
  'REPLICAS_MISSING',
  'START_PERIOD_TOO_SHORT',
  'UNGRACEFUL_STOP',
  'CONFIG_DRIFT',
  'LIMIT_DRIFT',
  'IMAGE_DRIFT',
  'ORPHAN',
] as const;

export type Code = (typeof codes)[number];

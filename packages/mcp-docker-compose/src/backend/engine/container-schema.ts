import * as z from 'zod';

const record = z.record(z.string(), z.string()).nullish();
const list = z.array(z.string()).nullish();

const probe = z.object({
  Start: z.string(),
  End: z.string(),
  ExitCode: z.number(),
  Output: z.string().default(''),
});

const binding = z.object({ HostIp: z.string().default(''), HostPort: z.string().default('') });

/** What is read of `GET /containers/{id}/json`, from API 1.41 on. */
export const containerSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Created: z.string(),
  Image: z.string(),
  RestartCount: z.number().default(0),
  State: z.object({
    Status: z.enum(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']),
    ExitCode: z.number().default(0),
    Error: z.string().default(''),
    OOMKilled: z.boolean().default(false),
    StartedAt: z.string().default(''),
    FinishedAt: z.string().default(''),
    Health: z
      .object({
        Status: z.enum(['none', 'starting', 'healthy', 'unhealthy']),
        FailingStreak: z.number().default(0),
        Log: z.array(probe).nullish(),
      })
      .nullish(),
  }),
  HostConfig: z.object({
    RestartPolicy: z.object({ Name: z.string().default('') }).nullish(),
    Memory: z.number().nullish(),
    MemorySwap: z.number().nullish(),
    MemoryReservation: z.number().nullish(),
    NanoCpus: z.number().nullish(),
    CpuQuota: z.number().nullish(),
    CpuPeriod: z.number().nullish(),
    PidsLimit: z.number().nullish(),
    PortBindings: z.record(z.string(), z.array(binding).nullable()).nullish(),
    LogConfig: z.object({ Type: z.string().default('') }).nullish(),
  }),
  Config: z.object({
    Image: z.string().default(''),
    Env: list,
    Cmd: list,
    Entrypoint: list,
    Labels: record,
    Tty: z.boolean().default(false),
    StopSignal: z.string().default('SIGTERM'),
    StopTimeout: z.number().nullish(),
    Healthcheck: z
      .object({
        Test: list,
        Interval: z.number().nullish(),
        Timeout: z.number().nullish(),
        Retries: z.number().nullish(),
        StartPeriod: z.number().nullish(),
      })
      .nullish(),
  }),
  Mounts: z
    .array(
      z.object({
        Type: z.string().default(''),
        Name: z.string().default(''),
        Source: z.string().default(''),
        Destination: z.string().default(''),
        RW: z.boolean().default(true),
      }),
    )
    .nullish(),
  NetworkSettings: z.object({
    Ports: z.record(z.string(), z.array(binding).nullable()).nullish(),
    Networks: z.record(z.string(), z.object({ IPAddress: z.string().default('') }).nullable()).nullish(),
  }),
});

export type ContainerAnswer = z.infer<typeof containerSchema>;

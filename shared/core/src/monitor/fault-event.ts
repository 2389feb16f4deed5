import type { Fault } from './observer.ts';

/** Which server reports. */
export interface Reporter {
  readonly server: string;
  readonly version: string;
  readonly environment: string | undefined;
  /** `MCP_AUDIT_ORIGIN`: never this machine's own name. */
  readonly origin: string | undefined;
}

interface Frame {
  readonly function: string;
  readonly filename: string;
  readonly lineno?: number;
  readonly colno?: number;
}

/** What Sentry is told, and nothing else. */
export interface FaultEvent {
  readonly level: 'error';
  readonly environment?: string;
  readonly release: string;
  readonly server_name?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly exception: {
    readonly values: readonly [
      { readonly type: string; readonly value: string; readonly stacktrace: { readonly frames: readonly Frame[] } },
    ];
  };
}

/** A fault in Sentry's form. @param redacted takes secrets out of a text */
export function faultEvent(fault: Fault, about: Reporter, redacted: (text: string) => string): FaultEvent {
  const { error } = fault;
  const known = error instanceof Error ? error : new Error(String(error));
  const code = 'code' in known && typeof known.code === 'string' ? known.code : undefined;
  const { server, version, environment, origin } = about;
  return {
    level: 'error',
    release: `${server}@${version}`,
    ...(environment === undefined ? {} : { environment }),
    ...(origin === undefined ? {} : { server_name: origin }),
    tags: {
      where: fault.where,
      ...(fault.id === undefined ? {} : { call: fault.id }),
      ...(code === undefined ? {} : { code: redacted(code.slice(0, 100)) }),
    },
    exception: {
      values: [
        {
          type: redacted(known.name.slice(0, 100)),
          value: redacted(known.message.slice(0, 2000)),
          stacktrace: { frames: framesOf(known.stack ?? '', redacted) },
        },
      ],
    },
  };
}

const frameForm = /^\s+at (?:(.{1,200}?) \()?(.{1,500}?):(\d{1,9}):(\d{1,9})\)?$/;

/** Sentry wants the innermost frame last. Of a path only its end is told: the rest names people and places. */
function framesOf(stack: string, redacted: (text: string) => string): readonly Frame[] {
  const frames = stack
    .split('\n')
    .slice(0, 60)
    .flatMap((line): Frame[] => {
      const found = frameForm.exec(line);
      if (found === null) return [];
      const [, name = '?', path = '', lineno, colno] = found;
      const filename = redacted(path.split(/[\\/]/).slice(-2).join('/'));
      return [{ function: redacted(name), filename, lineno: Number(lineno), colno: Number(colno) }];
    });
  return frames.toReversed();
}

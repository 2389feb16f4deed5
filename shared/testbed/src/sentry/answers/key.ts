import { isoTime } from '../clock.ts';
import type { Call } from '../route.ts';
import type { Key } from '../world/model.ts';

/** `scheme://key@host/base/id`, which is where the double takes envelopes. */
export function dsnOf(baseUrl: string, key: Key, withSecret = false): string {
  const secret = withSecret ? `:${key.secretKey}` : '';
  return `${baseUrl.replace('://', `://${key.publicKey}${secret}@`)}/${key.project.id}`;
}

export function showKey(call: Call, key: Key): Record<string, unknown> {
  const endpoint = `${call.baseUrl}/api/${key.project.id}`;
  const withKey = (path: string): string => `${endpoint}/${path}/?sentry_key=${key.publicKey}`;
  return {
    id: key.publicKey,
    name: key.name,
    label: key.name,
    public: key.publicKey,
    secret: key.secretKey,
    projectId: Number(key.project.id),
    isActive: key.isActive,
    rateLimit: key.rateLimit,
    dsn: {
      secret: dsnOf(call.baseUrl, key, true),
      public: dsnOf(call.baseUrl, key),
      csp: withKey('csp-report'),
      security: withKey('security'),
      minidump: withKey('minidump'),
      nel: withKey('nel'),
      unreal: `${endpoint}/unreal/${key.publicKey}/`,
      crons: `${endpoint}/cron/___MONITOR_SLUG___/${key.publicKey}/`,
      cdn: `${call.baseUrl}/js-sdk-loader/${key.publicKey}.min.js`,
      playstation: withKey('playstation'),
      integration: `${endpoint}/integration/`,
      otlp_traces: `${endpoint}/integration/otlp/v1/traces`,
      otlp_logs: `${endpoint}/integration/otlp/v1/logs`,
    },
    browserSdkVersion: '10.x',
    browserSdk: { choices: [['10.x', '10.x']] },
    dateCreated: isoTime(key.dateCreated),
    dynamicSdkLoaderOptions: {
      hasReplay: false,
      hasPerformance: false,
      hasDebug: false,
      hasFeedback: false,
      hasLogsAndMetrics: false,
    },
  };
}

import { organizationPath } from '../route.ts';
import type { Parameter, Schema } from './document.ts';

const issueRoutes = new Set([`${organizationPath}issues/`, `${organizationPath}issues/{issue_id}/`]);

function withoutRequired(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== 'required'));
}

/** Also within the `allOf` that wraps a description around a schema. */
function withoutRequiredDeep(schema: Schema): Schema {
  const parts = schema['allOf'];
  const open = withoutRequired(schema);
  return Array.isArray(parts) ? { ...open, allOf: parts.map((each) => withoutRequired(each as Schema)) } : open;
}

function record(value: unknown): Record<string, Schema> {
  return typeof value === 'object' && value !== null ? (value as Record<string, Schema>) : {};
}

/**
 * The document calls every field of an issue update required, also inside `statusDetails`;
 * the server takes any subset, and the web interface sends single fields.
 */
export function relaxBody(method: string, template: string, schema: Schema): Schema {
  if (method !== 'PUT' || !issueRoutes.has(template)) return schema;
  const properties = record(schema['properties']);
  const details = properties['statusDetails'];
  return withoutRequired({
    ...schema,
    properties: { ...properties, ...(details ? { statusDetails: withoutRequiredDeep(details) } : {}) },
  });
}

/** Lists whose `cursor` the document leaves out, though the server pages them as all others. */
const pagedLists = new Set([
  `${organizationPath}detectors/`,
  `${organizationPath}workflows/`,
  `${organizationPath}releases/{version}/commitfiles/`,
]);

/**
 * The document names only `latest`, `oldest`, `recommended` for an event; the server takes event ids there as well. It leaves
 * the cursor of some lists out.
 */
export function relaxParameters(template: string, parameters: readonly Parameter[]): readonly Parameter[] {
  if (pagedLists.has(template)) {
    return [...parameters, { name: 'cursor', in: 'query', required: false, schema: { type: 'string' } }];
  }
  if (template !== `${organizationPath}issues/{issue_id}/events/{event_id}/`) return parameters;
  return parameters.map((each) => (each.name === 'event_id' ? { ...each, schema: { type: 'string' } } : each));
}

function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      toSnakeCase(each),
    ]),
  );
}

/** Workflow bodies are documented in snake_case and sent in camelCase. */
export function snakeCaseKeys(template: string, body: unknown): unknown {
  return template.startsWith(`${organizationPath}workflows/`) ? toSnakeCase(body) : body;
}

const monitorPath = `${organizationPath}monitors/{monitor_id_or_slug}/`;
const monitorRoutes = new Set([`${organizationPath}monitors/`, monitorPath, `${monitorPath}checkins/`]);

function withSchedule(config: Schema | undefined): Schema {
  return { ...config, properties: { ...record(config?.['properties']), schedule: {} } };
}

function relaxMonitor(schema: Schema): Schema {
  const { config, monitorConfig, ...rest } = record(schema['properties']);
  const configs = config ? { config: withSchedule(config) } : { monitorConfig: withSchedule(monitorConfig) };
  return { ...schema, properties: { ...rest, ...configs, environments: { type: 'array' }, owner: {} } };
}

/**
 * Where the document misdescribes monitors: `environments` is a list, not one object; `owner` may be null;
 * an interval is `[5, "minute"]`, not two numbers.
 */
export function relaxAnswer(template: string, schema: Schema): Schema {
  if (!monitorRoutes.has(template)) return schema;
  const items = schema['items'];
  return items ? { ...schema, items: relaxMonitor(items as Schema) } : relaxMonitor(schema);
}

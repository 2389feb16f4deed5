import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { type ApiDocument, type Operation, type Parameter, readDocument, schemaOf, toJsonSchema } from './document.ts';
import { relaxAnswer, relaxBody, relaxParameters, snakeCaseKeys } from './quirks.ts';

export interface Oracle {
  /** What the document forbids in a request; empty when it allows it. */
  checkRequest(method: string, template: string, request: CheckedRequest): readonly string[];
  checkAnswer(method: string, template: string, status: number, body: unknown): readonly string[];
}

export interface CheckedRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

interface Validators {
  readonly path: ValidateFunction;
  readonly query: ValidateFunction;
  readonly queryParameters: readonly Parameter[];
  readonly body: ValidateFunction | undefined;
  readonly answers: Map<number, ValidateFunction | 'undocumented' | 'anything'>;
  readonly operation: Operation;
}

function objectOf(parameters: readonly Parameter[], isOpen: boolean) {
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map((each) => [each.name, toJsonSchema(each.schema)])),
    required: parameters.filter((each) => each.required).map((each) => each.name),
    additionalProperties: isOpen,
  };
}

function queryRecord(query: URLSearchParams, parameters: readonly Parameter[]): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const isList = parameters.find((each) => each.name === name)?.schema['type'] === 'array';
      return [name, isList ? query.getAll(name) : query.get(name)];
    }),
  );
}

function describe(place: string, errors: readonly ErrorObject[] | null | undefined): readonly string[] {
  return (errors ?? []).slice(0, 5).map((error) => {
    const extra: unknown = error.params['additionalProperty'] ?? error.params['allowedValues'];
    const shown = extra === undefined ? '' : ` (${JSON.stringify(extra).slice(0, 100)})`;
    return `${place}${error.instancePath} ${error.message ?? 'is wrong'}${shown}`;
  });
}

function createOracle(document: ApiDocument): Oracle {
  const strict = new Ajv({ strict: false, allErrors: false, logger: false });
  const coercing = new Ajv({ strict: false, coerceTypes: true, logger: false });
  // the default export is a namespace to TypeScript and a function at run time
  for (const ajv of [strict, coercing]) (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const compiled = new Map<string, Validators | undefined>();

  const compile = (method: string, template: string): Validators | undefined => {
    const item = document.paths[template];
    const operation = item?.[method.toLowerCase()];
    if (!item || !operation) return undefined;
    const parameters = relaxParameters(template, [...(item.parameters ?? []), ...(operation.parameters ?? [])]);
    const queryParameters = parameters.filter((each) => each.in === 'query');
    const body = schemaOf(operation.requestBody);
    return {
      operation,
      queryParameters,
      path: coercing.compile(
        objectOf(
          parameters.filter((each) => each.in === 'path'),
          true,
        ),
      ),
      query: coercing.compile(objectOf(queryParameters, false)),
      body: body && strict.compile(relaxBody(method, template, toJsonSchema(body))),
      answers: new Map(),
    };
  };
  const validatorsOf = (method: string, template: string): Validators | undefined => {
    const name = `${method} ${template}`;
    if (!compiled.has(name)) compiled.set(name, compile(method, template));
    return compiled.get(name);
  };

  return {
    checkRequest: (method, template, request) => {
      const validators = validatorsOf(method, template);
      if (!validators) return ['the API document has no such route'];
      const problems: string[] = [];
      if (!validators.path({ ...request.parameters })) problems.push(...describe('path', validators.path.errors));
      if (!validators.query(queryRecord(request.query, validators.queryParameters)))
        problems.push(...describe('query', validators.query.errors));
      if (request.body !== undefined) {
        if (!validators.body) problems.push('body is not foreseen');
        else if (!validators.body(snakeCaseKeys(template, request.body)))
          problems.push(...describe('body', validators.body.errors));
      }
      return problems;
    },
    checkAnswer: (method, template, status, body) => {
      const validators = validatorsOf(method, template);
      if (!validators || status >= 300) return [];
      let validate = validators.answers.get(status);
      if (validate === undefined) {
        const media = validators.operation.responses[String(status)];
        const schema = schemaOf(media);
        validate = media
          ? schema
            ? strict.compile(relaxAnswer(template, toJsonSchema(schema)))
            : 'anything'
          : 'undocumented';
        validators.answers.set(status, validate);
      }
      if (validate === 'undocumented') return [`status ${status} is not documented`];
      if (validate === 'anything' || validate(body)) return [];
      return describe('answer', validate.errors);
    },
  };
}

// the document is large: read once a process, each route compiled on first use
let shared: Oracle | undefined | 'unread' = 'unread';

/** The API document as a judge; undefined where the document is absent. */
export function openOracle(): Oracle | undefined {
  if (shared === 'unread') {
    const document = readDocument();
    shared = document && createOracle(document);
  }
  return shared;
}

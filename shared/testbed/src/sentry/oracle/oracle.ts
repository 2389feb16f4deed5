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

interface Compilers {
  readonly strict: Ajv;
  readonly coercing: Ajv;
}

function createCompilers(): Compilers {
  const strict = new Ajv({ strict: false, logger: false });
  const coercing = new Ajv({ strict: false, coerceTypes: true, logger: false });
  // the default export is a namespace to TypeScript and a function at run time
  for (const ajv of [strict, coercing]) (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return { strict, coercing };
}

function compileRoute(
  document: ApiDocument,
  { strict, coercing }: Compilers,
  method: string,
  template: string,
): Validators | undefined {
  const item = document.paths[template];
  const operation = item?.[method.toLowerCase()];
  if (!item || !operation) return undefined;
  const parameters = relaxParameters(template, [...(item.parameters ?? []), ...(operation.parameters ?? [])]);
  const queryParameters = parameters.filter((each) => each.in === 'query');
  const pathParameters = parameters.filter((each) => each.in === 'path');
  const body = schemaOf(operation.requestBody);
  return {
    operation,
    queryParameters,
    path: coercing.compile(objectOf(pathParameters, true)),
    query: coercing.compile(objectOf(queryParameters, false)),
    body: body && strict.compile(relaxBody(method, template, toJsonSchema(body))),
    answers: new Map(),
  };
}

function answerValidator({ strict }: Compilers, template: string, validators: Validators, status: number) {
  const known = validators.answers.get(status);
  if (known !== undefined) return known;
  const media = validators.operation.responses[String(status)];
  const schema = schemaOf(media);
  const usual = media ? 'anything' : 'undocumented';
  const validate = schema ? strict.compile(relaxAnswer(template, toJsonSchema(schema))) : usual;
  validators.answers.set(status, validate);
  return validate;
}

function judgeRequest(validators: Validators, template: string, request: CheckedRequest): readonly string[] {
  const problems: string[] = [];
  if (!validators.path({ ...request.parameters })) problems.push(...describe('path', validators.path.errors));
  if (!validators.query(queryRecord(request.query, validators.queryParameters)))
    problems.push(...describe('query', validators.query.errors));
  if (request.body === undefined) return problems;
  if (!validators.body) return [...problems, 'body is not foreseen'];
  if (validators.body(snakeCaseKeys(template, request.body))) return problems;
  return [...problems, ...describe('body', validators.body.errors)];
}

function createOracle(document: ApiDocument): Oracle {
  const compilers = createCompilers();
  const compiled = new Map<string, Validators | undefined>();
  const validatorsOf = (method: string, template: string): Validators | undefined => {
    const name = `${method} ${template}`;
    if (!compiled.has(name)) compiled.set(name, compileRoute(document, compilers, method, template));
    return compiled.get(name);
  };
  return {
    checkRequest: (method, template, request) => {
      const validators = validatorsOf(method, template);
      return validators ? judgeRequest(validators, template, request) : ['the API document has no such route'];
    },
    checkAnswer: (method, template, status, body) => {
      const validators = validatorsOf(method, template);
      if (!validators || status >= 300) return [];
      const validate = answerValidator(compilers, template, validators, status);
      if (validate === 'undocumented') return [`status ${status} is not documented`];
      return validate === 'anything' || validate(body) ? [] : describe('answer', validate.errors);
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

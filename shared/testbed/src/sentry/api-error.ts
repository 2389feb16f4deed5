/** An answer that ends a handler early, in the form Sentry gives errors. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, detail: string | Readonly<Record<string, unknown>>) {
    super(typeof detail === 'string' ? detail : JSON.stringify(detail));
    this.status = status;
    this.body = typeof detail === 'string' ? { detail } : detail;
  }
}

export function missing(): ApiError {
  return new ApiError(404, 'The requested resource does not exist');
}

export function forbidden(): ApiError {
  return new ApiError(403, 'You do not have permission to perform this action.');
}

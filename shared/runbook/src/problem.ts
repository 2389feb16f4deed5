/** What the person who called can put right: what is wrong, and the next step. The command ends with 2. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** Any thrown value in words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

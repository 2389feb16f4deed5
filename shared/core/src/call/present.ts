import type { Json } from '../define/plan.ts';
import type { Tool } from '../define/tool.ts';
import { ToolError } from '../errors/tool-error.ts';
import type { Principal } from '../gate/types.ts';
import { withinBudget } from './budget.ts';
import { sealCursor } from './cursor-step.ts';
import type { AnyTool } from './host.ts';
import { withReasons } from './next-step.ts';
import type { Parts } from './parts.ts';
import type { Image } from './request.ts';
import { truncateStructured } from './truncate.ts';

export interface Presented {
  readonly text: string;
  readonly structured?: Readonly<Record<string, Json | undefined>>;
  readonly images: readonly Image[];
  readonly verdict?: string;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly redactions: number;
}

const largestImageChars = (1024 * 1024 * 4) / 3;

/**
 * The only way out for data: output check → strip → redact → mark outside text → render → redact → close fences →
 * neutralise → reasons of next calls → budget. Structured results skip the rendering and name their outside fields in `_meta` instead.
 *
 * @throws ToolError `internal` when the output breaks its schema; whatever the redactor throws: nothing passes unread
 */
export async function present(
  parts: Parts,
  source: string,
  result: {
    readonly tool: Tool;
    readonly output: unknown;
    readonly input: unknown;
    readonly structured: boolean;
    readonly tools: ReadonlyMap<string, AnyTool>;
    readonly principal: Principal;
  },
): Promise<Presented> {
  const { tool } = result;
  const checked = tool.output.safeParse(result.output);
  if (!checked.success) {
    const where = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join('; ');
    throw new Error(`output of ${tool.name} breaks its schema at ${where}`);
  }
  const { data, images, omitted } = takeImages(checked.data);
  const clean = await parts.redactor.value(parts.firewall.stripDeep(data));
  const sealed = await sealCursor(parts.cursors, tool.name, result.input, clean.value);
  const marked = parts.firewall.markOutside(tool.output, sealed);
  const verdict = verdictOf(sealed);
  if (result.structured) {
    const meta = {
      ...(marked.paths.length > 0 ? { 'cinecom/untrusted': marked.paths } : {}),
      ...(images.length + omitted > 0 ? { 'cinecom/omitted': 'images: ask for a text result to see them' } : {}),
    };
    return {
      text: '',
      structured: structuredOf(parts, sealed),
      images: [],
      ...verdict,
      meta,
      redactions: clean.count,
    };
  }
  const text = await cleanText(parts, source, tool.render(marked.value, result.input));
  const told = withReasons(text.value, { ...result, gate: parts.gate });
  const noted = omitted > 0 ? `${told}\n${omitted} images of more than 1 MiB were left out.` : told;
  return {
    text: withinBudget(noted, narrowingOf(tool), tool.budgetChars),
    images: images.map((image) => ({ ...image, alt: parts.redactor.line(parts.firewall.strip(image.alt)) })),
    ...verdict,
    meta: {},
    redactions: clean.count + text.count,
  };
}

/** Text with outside marks → text that may leave. Redacted while it is whole: a closed fence cuts and replaces characters. */
export async function cleanText(
  parts: Parts,
  source: string,
  text: string,
): Promise<{ readonly value: string; readonly count: number }> {
  const redacted = await parts.redactor.text(text);
  const closed = parts.firewall.closeFences(redacted.value, source);
  return { value: parts.firewall.neutralise(closed), count: redacted.count };
}

function structuredOf(parts: Parts, value: unknown): Readonly<Record<string, Json | undefined>> {
  const safe = neutralised(parts, value);
  const record = typeof safe === 'object' && safe !== null && !Array.isArray(safe) ? safe : { result: safe };
  const fitting = truncateStructured(record as Readonly<Record<string, Json | undefined>>);
  if (fitting) return fitting;
  throw new ToolError('too_large', 'the result does not fit 40,000 characters of JSON', {
    hint: 'Ask for less, or for a text result.',
  });
}

/** Data whose every string and key is neutralised. */
export function neutralised(parts: Parts, value: unknown): unknown {
  return deep(value, (text) => parts.firewall.neutralise(text));
}

function deep(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => deep(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [change(key), deep(item, change)]),
  );
}

/** Base64 is no text: pictures go around redaction and budget. */
function takeImages(output: unknown): { data: unknown; images: readonly Image[]; omitted: number } {
  if (typeof output !== 'object' || output === null || !('images' in output) || !Array.isArray(output.images)) {
    return { data: output, images: [], omitted: 0 };
  }
  const { images, ...data } = output;
  const all = images as readonly Image[];
  const small = all.filter((image) => image.png.length <= largestImageChars && /^[A-Za-z0-9+/]*=*$/.test(image.png));
  return { data, images: small, omitted: all.length - small.length };
}

function verdictOf(value: unknown): { readonly verdict?: string } {
  if (typeof value !== 'object' || value === null || !('verdict' in value)) return {};
  return typeof value.verdict === 'string' ? { verdict: value.verdict } : {};
}

function narrowingOf(tool: Tool): readonly string[] {
  return Object.keys(tool.input.shape).filter((name) => name !== 'cursor');
}

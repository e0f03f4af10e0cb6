import { text } from "@/locale";

export interface Fault {
  field: string;
  detail: string;
}

/** An error as the server tells it (RFC 9457), or one of the way there. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: number;
  /** For programs; it never changes with the language. */
  readonly key: string;
  readonly code: string;
  /** The input the problem is about. */
  readonly field: string | undefined;
  readonly errors: Fault[];
  /** What the text is filled with. */
  readonly args: Record<string, string>;
  /** Seconds to wait before asking again. */
  readonly retryAfter: number | undefined;

  constructor(init: { title: string; status: number; key: string; code?: string; field?: string; errors?: Fault[]; args?: Record<string, string>; retryAfter?: number }) {
    super(init.title);
    this.status = init.status;
    this.key = init.key;
    this.code = init.code ?? "";
    this.field = init.field;
    this.errors = init.errors ?? [];
    this.args = init.args ?? {};
    this.retryAfter = init.retryAfter;
  }
}

/** The server was not reached. */
export const unreachable = (): Problem => new Problem({ title: text("problem_unreachable"), status: 0, key: "unreachable" });

/** Reads what a refused request says. */
export async function readProblem(response: Response): Promise<Problem> {
  const wait = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const retryAfter = Number.isFinite(wait) ? wait : undefined;
  try {
    const told = (await response.clone().json()) as Partial<Problem> & { title?: string; errors?: Fault[] | null };
    if (told.title) {
      return new Problem({
        title: told.title, status: response.status, key: told.key ?? "", code: told.code ?? "", field: told.field,
        errors: told.errors ?? [], args: told.args ?? {}, retryAfter,
      });
    }
  } catch {
    // not a problem document: a proxy's page, or nothing
  }
  return new Problem({ title: text("problem_status", { status: response.status }), status: response.status, key: "http", retryAfter });
}

/** How browsers say that they could not fetch the code of a page. */
const unloaded = /dynamically imported module|importing a module script failed|preload CSS/i;

/** Whatever was thrown, as a problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const title = error instanceof Error ? error.message : String(error);
  if (unloaded.test(title)) return new Problem({ title: text("problem_unloaded"), status: 0, key: "unloaded" });
  return new Problem({ title: text("problem_internal", { detail: title }), status: 0, key: "internal" });
}

/** The faults of a problem by field: "body.name" and "name" are the same field. */
export function faultsByField(problem: Problem): Record<string, string> {
  const faults: Record<string, string> = {};
  if (problem.field) faults[problem.field] = problem.message;
  for (const { field, detail } of problem.errors) faults[field.replace(/^(body|query|path)\./, "")] ??= detail;
  return faults;
}

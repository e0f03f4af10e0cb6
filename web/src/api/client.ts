import createClient, { type Middleware } from "openapi-fetch";
import { currentLanguage, text } from "@/locale";
import { connectionFound, connectionLost } from "./connection";
import { Problem, readProblem, unreachable } from "./problem";
import type { paths } from "./schema";

const ignore = (): void => undefined;
let signedOut = ignore;

/** Says what to do when the session has ended, until it is taken back. */
export function onSignedOut(listener: () => void): () => void {
  signedOut = listener;
  return () => {
    signedOut = ignore;
  };
}

async function send(request: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    connectionLost();
    throw unreachable();
  }
  if (response.status === 502 || response.status === 504) {
    connectionLost(); // a proxy before a server that is gone
    throw unreachable();
  }
  connectionFound();
  return response;
}

const refusals: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", currentLanguage());
    return request;
  },
  async onResponse({ response }) {
    if (response.ok) return;
    throw await refusal(response);
  },
};

/** Refusals that say that nobody is signed in; others are answers to an attempt to sign in. */
const ended = new Set(["signed_out", "sign_in_needed"]);

/** Why a request was refused. That nobody is signed in is told at once, and where it was asked in words for a user. */
async function refusal(response: Response): Promise<Problem> {
  const problem = await readProblem(response);
  if (problem.status !== 401 || !ended.has(problem.key)) return problem;
  signedOut();
  return new Problem({ title: text("session.not_done"), status: problem.status, key: problem.key });
}

/** The API, typed by its description. Refused requests throw a Problem. */
export const api = createClient<paths>({
  fetch: send,
  credentials: "same-origin",
  querySerializer: { array: { style: "form", explode: false } }, // several values stand behind one name, with commas
});
api.use(refusals);

/** The answer of a request that cannot have failed: failures are thrown. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** Empty lists are sent as null by some handlers. */
export const list = <T>(items: readonly T[] | null | undefined): T[] => (items ? [...items] : []);

/** A request that the typed client cannot make: with a file, or for one. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Accept-Language", currentLanguage());
  const response = await send(new Request(path, { credentials: "same-origin", ...init, headers }));
  if (response.ok) return response;
  throw await refusal(response);
}

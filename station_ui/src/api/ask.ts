/** Questions to the station, and its problems (RFC 9457) as errors. */

import type { components } from "./schema";

export type Schemas = components["schemas"];

const URN = "urn:strawberry-grader:problem:";

/** What the station says is wrong, and what to do. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly more: Record<string, unknown>;

  constructor(code: string, status: number, detail: string, more: Record<string, unknown> = {}) {
    super(detail);
    this.code = code;
    this.status = status;
    this.more = more;
  }
}

/** No answer came: the station's program is not there, or too busy. */
export const UNREACHED = "unreached";
const ANSWER_MS = 10_000;

export async function ask<T>(path: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<T> {
  const answer = await sent(path, body, method);
  return reached(() => answer.json() as Promise<T>);
}

/** A picture or a document, as an address for `<img>` or a link; whoever asked revokes it. */
export async function askBlob(path: string): Promise<Blob> {
  const answer = await sent(path, undefined, "GET");
  return reached(() => answer.blob());
}

async function sent(path: string, body: unknown, method: string): Promise<Response> {
  const answer = await reached(() =>
    fetch(`/api/v1${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      signal: AbortSignal.timeout(ANSWER_MS),
    }),
  );
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

/** Whatever cuts an answer off, also in its middle, is one problem. */
async function reached<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch {
    throw new Problem(UNREACHED, 0, "");
  }
}

export async function problemOf(answer: Response): Promise<Problem> {
  try {
    const { type, detail, ...more } = (await answer.json()) as { type: string; detail: string };
    return new Problem(type.replace(URN, ""), answer.status, detail, more);
  } catch {
    return new Problem(`http-${answer.status}`, answer.status, answer.statusText);
  }
}

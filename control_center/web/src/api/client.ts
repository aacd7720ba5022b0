/** Requests to the back end. Every failure becomes an ApiError with a text for the operator. */

import type { Alert, Thing } from "./types";

export const BASE = "/api/v1";
const TIMEOUT_MS = 10_000;

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The alert as it is now, sent with a 409. */
    readonly alert: Alert | null = null,
    /** The device as it is now, sent with a 409. */
    readonly thing: Thing | null = null,
  ) {
    super(message);
  }
}

let onSignedOut: () => void = () => undefined;

/** Says what happens when the back end no longer knows our session. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

interface ErrorBody {
  error?: { code?: string; message?: string };
  alert?: Alert;
  thing?: Thing;
}

async function failure(response: Response): Promise<ApiError> {
  let body: ErrorBody = {};
  try {
    body = (await response.json()) as ErrorBody;
  } catch {
    // An answer that is not ours, for example a proxy's page: the status has to do.
  }
  const text = body.error?.message ?? `The control center answered with status ${response.status}.`;
  return new ApiError(response.status, body.error?.code ?? "http", text, body.alert ?? null, body.thing ?? null);
}

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  const init: RequestInit = {
    method,
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  if (method !== "GET") {
    init.headers = { "X-Smartopia": "1", "Content-Type": "application/json" };
    if (body !== undefined) init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(BASE + path, init);
  } catch {
    throw new ApiError(0, "unreachable", "The control center cannot be reached. Nothing was changed by this page; try again.");
  }
  if (!response.ok) {
    const error = await failure(response);
    if (response.status === 401 && path !== "/session") onSignedOut();
    throw error;
  }
  return response;
}

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await ask(method, path, body);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export const get = <T>(path: string): Promise<T> => request<T>("GET", path);
export const post = <T>(path: string, body: unknown): Promise<T> => request<T>("POST", path, body);
export const put = <T>(path: string, body: unknown): Promise<T> => request<T>("PUT", path, body);
export const remove = (path: string): Promise<void> => request<void>("DELETE", path);

/** What answers with a picture. */
export const postForPicture = async (path: string, body: unknown): Promise<Blob> => (await ask("POST", path, body)).blob();

/** The text to show for anything that was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

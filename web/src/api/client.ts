// web/src/api/client.ts — how does the page ask the agent? One fetch, errors in the agent's words,
// and the token in a header and in this page's memory alone.
import { signal } from '@preact/signals';
import type { ApiErrorBody } from './types';

// Kept for the life of this page; never in an address, a cookie or a storage of the browser.
export const token = signal('');

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: ApiErrorBody,
    readonly newHash: string | null = null,
  ) {
    super(body.what);
  }
}

const unreachable: ApiErrorBody = {
  code: 'unavailable',
  what: 'the agent does not answer',
  remedy: 'is septet agent still running? this page asks again by itself',
  exit_code: 1,
};

export function headers(): Record<string, string> {
  return token.value === '' ? {} : { Authorization: `Bearer ${token.value}` };
}

async function errorOf(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { error?: ApiErrorBody; hash?: string };
    if (body.error) return new ApiError(response.status, body.error, body.hash ?? null);
  } catch {
    // Not the agent's JSON: something between it and this page answered.
  }
  return new ApiError(response.status, {
    code: 'internal',
    what: `the agent answered ${response.status} without a reason`,
    remedy: '',
    exit_code: 1,
  });
}

export async function ask<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = { headers: headers(), cache: 'no-store', credentials: 'omit' };
  if (signal) init.signal = signal;
  if (body !== undefined) {
    init.method = 'POST';
    init.headers = { ...headers(), 'Content-Type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, init);
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new ApiError(0, unreachable);
  }
  if (!response.ok) throw await errorOf(response);
  return (await response.json()) as T;
}

export function inWords(failure: unknown): ApiErrorBody {
  if (failure instanceof ApiError) return failure.body;
  return { code: 'internal', what: String(failure), remedy: '', exit_code: 1 };
}

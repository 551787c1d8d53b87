import { ApiError } from '@/api/client';
import { errorsStrings } from '@/i18n/errors';

// What to tell a person about a failure: what happened and what to do.
export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return errorsStrings.unexpected;
  if (error.code === 'network') return errorsStrings.network;
  if (error.code === 'rate.limited') return errorsStrings.limited(error.retryAfterSeconds);
  if (error.status >= 500) return errorsStrings.server;
  return errorsStrings.byCode[error.code] ?? (error.detail || errorsStrings.unexpected);
}

export function errorCode(error: unknown): string {
  return error instanceof ApiError ? error.code : 'unexpected';
}

// The message for one field of a form, where the server named it.
export function fieldError(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const message = error.fields.find((entry) => entry.field === field)?.message;
  return message && toSentence(message);
}

// The server's words follow a field's name; beside the field they stand alone.
function toSentence(words: string): string {
  const first = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

// Whether an error speaks about at least one of the fields that a form shows.
export function namesAField(error: unknown, fields: string[]): boolean {
  return error instanceof ApiError && error.fields.some((entry) => fields.includes(entry.field));
}

import { useQuery } from '@tanstack/react-query';
import type { Generation } from '@/api/contracts.gen';
import { getGeneration } from '@/api/generations';
import { keys } from '@/api/query-client';
import { useModelLabel } from '@/features/assistant/state/use-models';
import { assistantStrings } from '@/i18n/assistant';

// Which model answered, its tokens and its time; read when somebody looks.
export function AnswerDetails({ id }: { id: string }) {
  const { data } = useQuery({ queryKey: keys.generation(id), queryFn: ({ signal }) => getGeneration(id, signal), staleTime: Infinity, retry: false });
  const label = useModelLabel(data?.model);
  if (!data) return null;
  const parts = [label, ...detailsOf(data)].filter(Boolean);
  return <p className="tabular min-w-0 truncate ps-2 text-small text-faint">{parts.join(' · ')}</p>;
}

// Tokens, time and speed, as far as they are known.
export function detailsOf(generation: Generation): string[] {
  const { inputTokens, outputTokens, started_at: start, finished_at: end, context } = generation;
  const parts: string[] = [];
  if (inputTokens + outputTokens > 0) parts.push(assistantStrings.answers.tokens(inputTokens, outputTokens));
  const seconds = start && end ? (Date.parse(end) - Date.parse(start)) / 1000 : 0;
  if (seconds > 0) parts.push(assistantStrings.answers.seconds(seconds));
  if (seconds > 0.2 && outputTokens > 0) parts.push(assistantStrings.answers.perSecond(outputTokens / seconds));
  if (context && context.dropped > 0) parts.push(assistantStrings.answers.dropped(context.dropped));
  return parts;
}

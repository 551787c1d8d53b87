import { useQuery } from '@tanstack/react-query';
import type { Model } from '@/api/contracts.gen';
import { listModels } from '@/api/generations';
import { keys } from '@/api/query-client';

export function useModels() {
  return useQuery({ queryKey: keys.models, queryFn: ({ signal }) => listModels(signal), staleTime: 5 * 60_000 });
}

// The model that answers where `id` is set; without one, or where it is gone, the server's own choice.
export function modelOf(models: readonly Model[] | undefined, id: string | null | undefined): Model | undefined {
  return models?.find((model) => model.id === id) ?? models?.find((model) => model.default) ?? models?.[0];
}

// The name of a model; of one that is not listed, its id.
export function useModelLabel(id: string | null | undefined): string | null {
  const { data } = useModels();
  if (!id) return null;
  return data?.find((model) => model.id === id)?.label ?? id;
}

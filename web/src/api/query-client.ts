import { QueryClient } from '@tanstack/react-query';
import { isTransient } from '@/api/client';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      networkMode: 'always',
      retry: (count, error) => isTransient(error) && count < 3,
      retryDelay: (count) => 500 * 2 ** count,
    },
    mutations: { networkMode: 'always' },
  },
});

export const keys = {
  server: ['server'] as const,
  chats: ['chats'] as const,
  publicChats: (query: string) => ['public-chats', query] as const,
  messages: (chatId: string) => ['messages', chatId] as const,
  members: (chatId: string) => ['members', chatId] as const,
  presence: ['presence'] as const,
  presenceOf: ['presence-of'] as const,
  users: (query: string) => ['users', query] as const,
  sessions: ['sessions'] as const,
  models: ['models'] as const,
  generation: (id: string) => ['generation', id] as const,
  usage: (from: string, to: string, zone: string) => ['usage', from, to, zone] as const,
};

import { call } from './client';
import type { CanceledGeneration, Generation, GenerationPage, Models, StartedGeneration, StartGenerationRequest, UsageReport } from './contracts.gen';

export const listModels = (signal?: AbortSignal) => call<Models>('GET', '/api/models', { signal }).then((models) => models.items);

export const startGeneration = (chatId: string, body: Omit<StartGenerationRequest, 'id'>) =>
  call<StartedGeneration>('POST', `/api/chats/${encodeURIComponent(chatId)}/generations`, { body });

// Newest first.
export const listGenerations = (chatId: string, limit: number, signal?: AbortSignal) =>
  call<GenerationPage>('GET', `/api/chats/${encodeURIComponent(chatId)}/generations`, { query: { limit }, signal }).then((page) => page.items);

export const getGeneration = (id: string, signal?: AbortSignal) =>
  call<Generation>('GET', `/api/generations/${encodeURIComponent(id)}`, { signal });

export const cancelGeneration = (id: string) =>
  call<CanceledGeneration>('POST', `/api/generations/${encodeURIComponent(id)}/cancel`);

// Days are those of `timeZone`; `from` and `to` are such days, both included.
export const getUsage = (from: string, to: string, timeZone: string, signal?: AbortSignal) =>
  call<UsageReport>('GET', '/api/usage', { query: { from, to, time_zone: timeZone }, signal });

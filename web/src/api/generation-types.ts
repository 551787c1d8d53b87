import type { Message } from './contracts.gen';

// Stands in for the generated types until the server generates them; then this file goes.

export type GenerationState = 'queued' | 'streaming' | 'succeeded' | 'failed' | 'canceled';

export interface GenerationError {
  code: string;
  message: string;
}

export interface GenerationContext {
  messages: number;
  dropped: number;
  tokens: number;
  tokens_max: number;
}

export interface Generation {
  generationId: string;
  chat_id: string;
  user_id: string;
  state: GenerationState;
  queue_position: number | null;
  model: string;
  provider: string | null;
  system_prompt: string | null;
  temperature: number | null;
  max_tokens: number | null;
  inputTokens: number;
  outputTokens: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  error: GenerationError | null;
  request_id: string;
  text: string;
  last_event_id: number;
  prompt_message_id: string | null;
  message_id: string | null;
  context: GenerationContext | null;
}

export interface GenerationPage {
  items: Generation[];
  next_cursor: string | null;
}

export interface StartedGeneration {
  generationId: string;
  state: GenerationState;
  queue_position: number | null;
  message: Message | null;
}

export interface StartGenerationRequest {
  id: string;
  client_id?: string;
  prompt?: string;
  regenerate?: boolean;
  model?: string;
  system_prompt?: string;
  temperature?: number;
  max_tokens?: number;
}

export interface CanceledGeneration {
  generationId: string;
  state: GenerationState;
}

export interface Model {
  id: string;
  provider: string;
  label: string;
  context_tokens: number;
  default: boolean;
}

export interface Models {
  items: Model[];
}

export interface DayUsage {
  day: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
  generations: number;
  cost_micros: number | null;
}

export interface UsageTotal {
  inputTokens: number;
  outputTokens: number;
  generations: number;
  cost_micros: number | null;
}

export interface UsageQuota {
  tokens_per_day: number;
  tokens_today: number;
  resets_at: string;
}

export interface UsageReport {
  days: DayUsage[];
  total: UsageTotal;
  currency: string;
  quota: UsageQuota | null;
}

import type { AssistantSettings } from '@/api/contracts.gen';
import { assistantStrings } from '@/i18n/assistant';

// What a person typed about an assistant, as text, and what it means.

export interface SettingsForm {
  systemPrompt: string;
  // Null: the model's own.
  temperature: number | null;
  maxTokens: string;
}

export type FormErrors = Partial<Record<keyof SettingsForm, string>>;

export const mostPromptCharacters = 16_000;
const mostTokens = 1_000_000;

export function formOf(settings: AssistantSettings | null): SettingsForm {
  return {
    systemPrompt: settings?.system_prompt ?? '',
    temperature: settings?.temperature ?? null,
    maxTokens: settings?.max_tokens?.toString() ?? '',
  };
}

export function errorsOf(form: SettingsForm): FormErrors {
  const errors: FormErrors = {};
  const over = form.systemPrompt.length - mostPromptCharacters;
  if (over > 0) errors.systemPrompt = assistantStrings.assistant.promptTooLong(over);
  if (form.temperature !== null && !(form.temperature >= 0 && form.temperature <= 2)) errors.temperature = assistantStrings.assistant.temperatureRange;
  if (form.maxTokens.trim() !== '' && tokensOf(form.maxTokens) === null) errors.maxTokens = assistantStrings.assistant.maxTokensRange;
  return errors;
}

function tokensOf(text: string): number | null {
  const digits = text.trim().replace(/[\s,.’']/g, '');
  const value = Number(digits);
  return /^\d{1,7}$/.test(digits) && value >= 1 && value <= mostTokens ? value : null;
}

// Only what differs from `settings`; null when nothing does.
export function changesOf(form: SettingsForm, settings: AssistantSettings | null): Partial<AssistantSettings> | null {
  const before = formOf(settings);
  const changes: Partial<AssistantSettings> = {};
  if (form.systemPrompt.trim() !== before.systemPrompt) changes.system_prompt = form.systemPrompt.trim();
  if (form.temperature !== before.temperature) changes.temperature = form.temperature;
  const tokens = tokensOf(form.maxTokens);
  if (tokens !== (settings?.max_tokens ?? null)) changes.max_tokens = tokens;
  return Object.keys(changes).length > 0 ? changes : null;
}

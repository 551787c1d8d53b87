import { useState, type FormEvent } from 'react';
import type { Chat } from '@/api/contracts.gen';
import { Button } from '@/components/button';
import { inputClass, TextField } from '@/components/field';
import { showToast } from '@/components/floating/notices';
import { FormError } from '@/components/form-error';
import { GrowingTextarea } from '@/components/growing-textarea';
import { changeAssistant } from '@/features/assistant/state/assistant';
import { changesOf, errorsOf, formOf, type SettingsForm } from '@/features/assistant/state/settings-form';
import { assistantStrings } from '@/i18n/assistant';
import { basicStrings } from '@/i18n/basics';
import { errorText } from '@/lib/errors';
import { ModelList } from './model-list';
import { TemperatureField } from './temperature-field';

// How an assistant answers in a chat: its model at once, the rest with Save.
export function AssistantSettings({ chat }: { chat: Chat }) {
  const [form, setForm] = useState(() => formOf(chat.assistant));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const errors = errorsOf(form);
  const changes = changesOf(form, chat.assistant);
  const set = (change: Partial<SettingsForm>) => setForm((known) => ({ ...known, ...change }));
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!changes || Object.keys(errors).length > 0) return;
    setBusy(true);
    setError(null);
    try {
      const saved = await changeAssistant(chat.id, changes);
      setForm(formOf(saved.assistant));
      showToast(assistantStrings.assistant.saved);
    } catch (failure) {
      setError(errorText(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-col gap-6">
      <ModelList chat={chat} />
      <form onSubmit={(event) => void save(event)} className="flex flex-col gap-6">
        <PromptField value={form.systemPrompt} error={errors.systemPrompt} onChange={(systemPrompt) => set({ systemPrompt })} />
        <TemperatureField value={form.temperature} onChange={(temperature) => set({ temperature })} />
        <TextField
          label={assistantStrings.assistant.maxTokens}
          hint={assistantStrings.assistant.maxTokensHint}
          error={errors.maxTokens}
          inputMode="numeric"
          value={form.maxTokens}
          onChange={(event) => set({ maxTokens: event.target.value })}
        />
        <FormError text={error} />
        {changes && (
          <div className="flex gap-2">
            <Button type="submit" variant="primary" busy={busy} disabled={Object.keys(errors).length > 0}>{basicStrings.words.save}</Button>
            <Button variant="ghost" onClick={() => setForm(formOf(chat.assistant))}>{basicStrings.words.cancel}</Button>
          </div>
        )}
      </form>
    </div>
  );
}

function PromptField({ value, error, onChange }: { value: string; error?: string; onChange: (value: string) => void }) {
  return (
    <label className="flex flex-col gap-1.5">
      <span className="font-medium">{assistantStrings.assistant.systemPrompt}</span>
      <GrowingTextarea
        value={value}
        aria-invalid={error ? true : undefined}
        placeholder={assistantStrings.assistant.systemPromptExample}
        onChange={(event) => onChange(event.target.value)}
        className={`${inputClass} max-h-72 min-h-24 resize-none py-2 text-read`}
      />
      <span className={`text-small ${error ? 'text-bad' : 'text-faint'}`}>{error ?? assistantStrings.assistant.systemPromptHint}</span>
    </label>
  );
}

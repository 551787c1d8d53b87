import { Check } from 'lucide-react';
import { useId, useState } from 'react';
import type { Chat, Model } from '@/api/contracts.gen';
import { Button } from '@/components/button';
import { showToast } from '@/components/floating/notices';
import { changeAssistant } from '@/features/assistant/state/assistant';
import { modelOf, useModels } from '@/features/assistant/state/use-models';
import { assistantStrings } from '@/i18n/assistant';
import { basicStrings } from '@/i18n/basics';
import { cn } from '@/lib/cn';
import { errorText } from '@/lib/errors';

// Every model that can answer, as radio buttons: the choice counts at once.
export function ModelList({ chat }: { chat: Chat }) {
  const { data: models, error, refetch } = useModels();
  const name = useId();
  const [busy, setBusy] = useState<string | null>(null);
  const chosen = modelOf(models, chat.assistant?.model);
  const choose = (model: Model) => {
    setBusy(model.id);
    changeAssistant(chat.id, { model: model.id })
      .then(() => showToast(assistantStrings.assistant.modelChanged(model.label)), (failure: unknown) => showToast(errorText(failure), 'bad'))
      .finally(() => setBusy(null));
  };
  if (error) {
    return (
      <p role="alert" className="flex items-center justify-between gap-3 text-small text-bad">
        {assistantStrings.assistant.modelsFailed} <Button size="small" onClick={() => void refetch()}>{basicStrings.words.tryAgain}</Button>
      </p>
    );
  }
  if (models?.length === 0) return <p className="text-soft">{assistantStrings.assistant.noModels}</p>;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">{assistantStrings.assistant.model}</legend>
      <div className="max-h-80 overflow-y-auto rounded-md border border-line p-1">
        {(models ?? []).map((model) => (
          <ModelOption key={model.id} model={model} name={name} checked={(busy ?? chosen?.id) === model.id} onChoose={() => choose(model)} />
        ))}
      </div>
    </fieldset>
  );
}

interface ModelOptionProps {
  model: Model;
  name: string;
  checked: boolean;
  onChoose: () => void;
}

function ModelOption({ model, name, checked, onChoose }: ModelOptionProps) {
  const detail = [model.provider, assistantStrings.assistant.context(model.context_tokens), model.default && assistantStrings.assistant.defaultMark];
  return (
    <label className={cn('flex min-h-12 items-center gap-3 rounded-sm px-3 py-1.5 has-focus-visible:outline-2 has-focus-visible:outline-focus', checked ? 'bg-selected' : 'hover:bg-hover')}>
      <input type="radio" name={name} className="sr-only" checked={checked} onChange={onChoose} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="truncate font-medium">{model.label}</span>
        <span className="truncate text-small text-faint">{detail.filter(Boolean).join(' · ')}</span>
      </span>
      {checked && <Check size={16} aria-hidden className="shrink-0 text-accent-text" />}
    </label>
  );
}

import { ChevronDown } from 'lucide-react';
import type { Chat } from '@/api/contracts.gen';
import { Menu } from '@/components/floating/menu';
import { showToast } from '@/components/floating/notices';
import { changeAssistant } from '@/features/assistant/state/assistant';
import { modelOf, useModels } from '@/features/assistant/state/use-models';
import { assistantStrings } from '@/i18n/assistant';
import { errorText } from '@/lib/errors';

// Below the composer: which model answers, and a menu to choose another one.
export function ModelMenu({ chat }: { chat: Chat }) {
  const { data: models } = useModels();
  const chosen = modelOf(models, chat.assistant?.model);
  if (!models || !chosen) return null;
  const choose = (id: string, label: string) => {
    changeAssistant(chat.id, { model: id }).then(
      () => showToast(assistantStrings.assistant.modelChanged(label)),
      (failure: unknown) => showToast(errorText(failure), 'bad'),
    );
  };
  return (
    <Menu
      icon={ChevronDown}
      text={chosen.label}
      label={assistantStrings.assistant.modelOf(chosen.label)}
      items={models.map((model) => ({
        label: model.label,
        keys: assistantStrings.assistant.context(model.context_tokens),
        checked: model.id === chosen.id,
        onSelect: () => model.id !== chosen.id && choose(model.id, model.label),
      }))}
    />
  );
}

import { useState } from 'react';
import type { Chat } from '@/api/contracts.gen';
import { showToast } from '@/components/floating/notices';
import { Switch } from '@/components/switch';
import { changeAssistant, isAssistantOn } from '@/features/assistant/state/assistant';
import { assistantStrings } from '@/i18n/assistant';
import { errorText } from '@/lib/errors';
import { AssistantSettings } from './assistant-settings';

// In a room's settings: whether the assistant may be asked there, and how it answers.
export function RoomAssistant({ chat }: { chat: Chat }) {
  const [busy, setBusy] = useState(false);
  const on = isAssistantOn(chat);
  const toggle = (enabled: boolean) => {
    setBusy(true);
    changeAssistant(chat.id, { enabled })
      .then(
        () => showToast(enabled ? assistantStrings.assistant.turnedOn : assistantStrings.assistant.turnedOff),
        (failure: unknown) => showToast(errorText(failure), 'bad'),
      )
      .finally(() => setBusy(false));
  };
  return (
    <div className="flex flex-col gap-5">
      <Switch
        label={assistantStrings.assistant.inRoom}
        hint={on ? assistantStrings.assistant.inRoomOn : assistantStrings.assistant.inRoomOff}
        checked={on}
        disabled={busy}
        onChange={toggle}
      />
      {on && <AssistantSettings key={chat.id} chat={chat} />}
    </div>
  );
}

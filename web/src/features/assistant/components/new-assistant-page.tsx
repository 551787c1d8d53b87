import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { ErrorState } from '@/components/error-state';
import { MessagesSkeleton } from '@/components/skeleton';
import { openNewAssistantChat, useChats } from '@/features/chat/entry';
import { assistantStrings } from '@/i18n/assistant';
import { makeClientId } from '@/lib/ids';

// Makes a chat with an assistant at once and goes there.
export function NewAssistantPage() {
  const navigate = useNavigate();
  const { isSuccess } = useChats();
  const [key] = useState(makeClientId);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!isSuccess) return;
    let wanted = true;
    openNewAssistantChat(key).then(
      (chatId) => wanted && void navigate(`/c/${chatId}`, { replace: true }),
      (failure: unknown) => wanted && setError(failure),
    );
    return () => {
      wanted = false;
    };
  }, [isSuccess, key, attempt, navigate]);
  if (error) {
    const again = () => {
      setError(null);
      setAttempt(attempt + 1);
    };
    return <ErrorState title={assistantStrings.assistant.createFailed} error={error} onRetry={again} />;
  }
  return (
    <div className="flex h-full flex-col" aria-label={assistantStrings.assistant.creating}>
      <MessagesSkeleton />
    </div>
  );
}

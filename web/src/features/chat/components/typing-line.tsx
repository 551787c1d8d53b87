import { useTyping } from '@/features/chat/state/typing-store';
import { useMembers } from '@/features/chat/state/use-chats';
import { presenceStrings } from '@/i18n/presence';
import { nameOf } from '@/lib/names';

// Who is writing, in a line that is always there so that nothing jumps.
export function TypingLine({ chatId }: { chatId: string }) {
  const typing = useTyping((state) => state.byChat[chatId]);
  const { data: members } = useMembers(chatId);
  const names = Object.keys(typing ?? {}).map((userId) => {
    const user = members?.find((member) => member.user.id === userId)?.user;
    return user ? nameOf(user) : presenceStrings.someone;
  });
  return (
    <div aria-live="polite" className="flex h-6 items-center gap-2 truncate px-1 text-small text-faint">
      {names.length > 0 && (
        <>
          <span aria-hidden className="inline-flex gap-[3px]">
            {[0, 1, 2].map((dot) => (
              <span
                key={dot}
                data-mark
                className="size-1 rounded-full bg-current"
                style={{ animation: `typing-dot 1.2s ${dot * 0.15}s infinite` }}
              />
            ))}
          </span>
          <span className="truncate">{presenceStrings.typing(names)}</span>
        </>
      )}
    </div>
  );
}

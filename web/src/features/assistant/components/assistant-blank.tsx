import { AssistantIcon } from '@/components/avatar';
import { assistantStrings } from '@/i18n/assistant';

// A chat in which nothing was asked yet: says what can be done, and gives a first word.
export function AssistantBlank({ onBegin }: { onBegin: (text: string) => void }) {
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center overflow-y-auto px-5 py-8">
      <div className="m-auto flex w-full max-w-xl flex-col items-center text-center">
        <AssistantIcon size="huge" />
        <h2 className="mt-5 text-title font-bold tracking-[-0.01em] text-balance">{assistantStrings.assistant.blankTitle}</h2>
        <p className="mt-1.5 max-w-md text-pretty text-soft">{assistantStrings.assistant.blankText}</p>
        <ul className="mt-7 grid w-full grid-cols-2 gap-2">
          {assistantStrings.assistant.suggestions.map(({ title, text }) => (
            <li key={title}>
              <button
                type="button"
                onClick={() => onBegin(text)}
                className="flex h-full w-full flex-col rounded-md border border-line bg-raised px-3.5 py-2.5 text-start transition-colors hover:border-line-strong/60 hover:bg-hover"
              >
                <span className="font-medium">{title}</span>
                <span className="line-clamp-1 text-small text-faint">{text.split('\n')[0]}…</span>
              </button>
            </li>
          ))}
        </ul>
        <p className="mt-6 text-small text-pretty text-faint">{assistantStrings.assistant.blankRoom}</p>
      </div>
    </div>
  );
}

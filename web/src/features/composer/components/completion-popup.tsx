import { composerStrings } from '@/i18n/composer';
import { cn } from '@/lib/cn';
import { completionListId, type CompletionState } from './use-completion';

export function CompletionPopup({ completion }: { completion: CompletionState }) {
  return (
    <ul
      id={completionListId}
      role="listbox"
      aria-label={composerStrings.composer.suggestions[completion.sign]}
      className="enter-pop absolute bottom-full left-3 z-20 mb-1 w-80 max-w-[calc(100vw-24px)] rounded-md bg-raised p-1 shadow-float md:left-5"
    >
      {completion.suggestions.map((suggestion, index) => (
        <li
          key={suggestion.id}
          id={`${completionListId}-${index}`}
          role="option"
          aria-selected={index === completion.active}
          onPointerDown={(event) => {
            event.preventDefault();
            completion.choose(suggestion);
          }}
          className={cn(
            'flex items-center gap-3 rounded-sm px-2 pointer-coarse:h-11',
            completion.sign === ':' ? 'h-8' : 'h-10',
            index === completion.active && 'bg-selected',
          )}
        >
          {suggestion.picture}
          <span className="min-w-0 flex-1 truncate font-medium">{suggestion.title}</span>
          <span className="truncate text-small text-faint">{suggestion.detail}</span>
        </li>
      ))}
    </ul>
  );
}

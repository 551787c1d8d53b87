import { createContext, useContext, type MouseEvent } from 'react';
import { markdownStrings } from '@/i18n/markdown';

// What the ids of a message's notes begin with.
export const NoteContext = createContext('');

export const noteId = (prefix: string, number: number) => `${prefix}-note-${number}`;
export const referenceId = (prefix: string, number: number) => `${prefix}-ref-${number}`;

// The page's address says where one is in the app, so the way to a note is not written into it.
export function goTo(event: MouseEvent, id: string) {
  event.preventDefault();
  const target = document.getElementById(id);
  target?.scrollIntoView({ block: 'nearest' });
  target?.focus({ preventScroll: true });
}

export function NoteReference({ number }: { number: number }) {
  const prefix = useContext(NoteContext);
  const id = noteId(prefix, number);
  return (
    <sup>
      <a id={referenceId(prefix, number)} href={`#${id}`} aria-label={markdownStrings.note(number)} onClick={(event) => goTo(event, id)}>
        {number}
      </a>
    </sup>
  );
}

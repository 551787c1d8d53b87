import { useContext, type ReactNode } from 'react';
import { markdownStrings } from '@/i18n/markdown';
import type { Block } from '@/markdown/ast';
import { goTo, NoteContext, noteId, referenceId } from './note-reference';

interface NotesProps {
  block: Extract<Block, { type: 'notes' }>;
  draw: (blocks: Block[]) => ReactNode;
}

export function Notes({ block, draw }: NotesProps) {
  const prefix = useContext(NoteContext);
  return (
    <section aria-label={markdownStrings.notes} className="notes">
      <ol>
        {block.notes.map(({ number, blocks }) => (
          <li key={number} value={number} id={noteId(prefix, number)} tabIndex={-1}>
            {draw(blocks)}
            <a
              href={`#${referenceId(prefix, number)}`}
              aria-label={markdownStrings.backToText}
              className="note-back"
              onClick={(event) => goTo(event, referenceId(prefix, number))}
            >
              ↩
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}

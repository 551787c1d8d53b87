import { useContext } from 'react';
import { markdownStrings } from '@/i18n/markdown';
import type { Block } from '@/markdown/ast';
import { Blocks } from './blocks';
import { goTo, NoteContext, noteId, referenceId } from './note-reference';

export function Notes({ block }: { block: Extract<Block, { type: 'notes' }> }) {
  const prefix = useContext(NoteContext);
  return (
    <section aria-label={markdownStrings.notes} className="notes">
      <ol>
        {block.notes.map(({ number, blocks }) => (
          <li key={number} value={number} id={noteId(prefix, number)} tabIndex={-1}>
            <Blocks blocks={blocks} />
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

import { flushSync } from 'react-dom';

// Changes the text of a field by `change` and puts the caret where it belongs before the next key arrives.
export function writeInto(area: HTMLTextAreaElement | null, change: () => void, caret: number): void {
  flushSync(change);
  area?.setSelectionRange(caret, caret);
}

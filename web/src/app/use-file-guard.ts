import { useEffect } from 'react';
import { showToast } from '@/components/floating/notices';
import { appStrings } from '@/i18n/app';

const takesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, [contenteditable]') !== null;

// A browser shows what is dropped on a page in the page's place. Files are taken away from it, and so are links that are not
// dropped into a text; what is pasted and is no text is said.
export function useFileGuard(): void {
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onDrag = (event: DragEvent) => {
      if (hasFiles(event) || !takesText(event.target)) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      onDrag(event);
      if (hasFiles(event)) showToast(appStrings.files.notYet);
    };
    const onPaste = (event: ClipboardEvent) => {
      const data = event.clipboardData;
      // A table is copied as a text and a picture of it: the text is what is meant.
      if (!data || data.files.length === 0 || data.types.includes('text/plain')) return;
      event.preventDefault();
      const isPicture = Array.from(data.files).every((file) => file.type.startsWith('image/'));
      showToast(isPicture ? appStrings.files.pictureNotYet : appStrings.files.notYet);
    };
    const listeners = [['dragenter', onDrag], ['dragover', onDrag], ['drop', onDrop], ['paste', onPaste]] as const;
    for (const [type, listener] of listeners) window.addEventListener(type, listener as EventListener);
    return () => {
      for (const [type, listener] of listeners) window.removeEventListener(type, listener as EventListener);
    };
  }, []);
}

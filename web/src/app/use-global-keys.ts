import { useEffect } from 'react';
import { useOverlays } from '@/components/floating/overlays';
import { focusComposer } from '@/lib/focus';
import { globalIntent, pressOf } from '@/lib/key-intent';

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

export function useGlobalKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const intent = globalIntent(pressOf(event), isTyping(event.target));
      if (intent === 'none') return;
      if (intent !== 'switcher' && document.querySelector('dialog[open]')) return;
      event.preventDefault();
      if (intent === 'switcher') useOverlays.setState((state) => ({ switcher: !state.switcher }));
      if (intent === 'help') useOverlays.setState({ help: true });
      if (intent === 'compose') focusComposer();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

import { useEffect, useRef, useState } from 'react';

interface Tip {
  text: string;
  keys: string;
  anchor: HTMLElement;
}

const delayMilliseconds = 350;

function place(tip: HTMLElement, anchor: HTMLElement): void {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = tip;
  const side = anchor.dataset.tipSide ?? 'top';
  const above = box.top - height - 6;
  const right = side === 'right';
  const top = right ? box.top + (box.height - height) / 2 : side === 'bottom' || above < 8 ? box.bottom + 6 : above;
  const left = right ? box.right + 8 : box.left + (box.width - width) / 2;
  tip.style.top = `${Math.max(4, top)}px`;
  tip.style.left = `${Math.min(Math.max(6, left), innerWidth - width - 6)}px`;
}

// One tip for the whole app: it shows the data-tip of what the pointer or the keyboard is on.
export function TooltipLayer() {
  const ref = useRef<HTMLDivElement>(null);
  const [tip, setTip] = useState<Tip | null>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (event: Event) => {
      const anchor = (event.target as Element).closest?.<HTMLElement>('[data-tip]');
      clearTimeout(timer);
      if (!anchor?.dataset.tip) return setTip(null);
      if (event.type === 'focusin' && !anchor.matches(':focus-visible')) return;
      if (event instanceof PointerEvent && event.pointerType === 'touch') return;
      const next = { text: anchor.dataset.tip, keys: anchor.dataset.tipKeys ?? '', anchor };
      timer = setTimeout(() => setTip(next), delayMilliseconds);
    };
    const hide = () => {
      clearTimeout(timer);
      setTip(null);
    };
    const shows = ['pointerover', 'focusin'] as const;
    const hides = ['pointerdown', 'focusout', 'keydown', 'scroll'] as const;
    for (const name of shows) document.addEventListener(name, show);
    for (const name of hides) document.addEventListener(name, hide, true);
    return () => {
      hide();
      for (const name of shows) document.removeEventListener(name, show);
      for (const name of hides) document.removeEventListener(name, hide, true);
    };
  }, []);

  useEffect(() => {
    const element = ref.current;
    if (!element || !tip?.anchor.isConnected) return;
    element.showPopover();
    place(element, tip.anchor);
    return () => element.hidePopover();
  }, [tip]);

  return (
    <div
      ref={ref}
      popover="manual"
      aria-hidden
      className="pointer-events-none fixed m-0 items-center gap-2 rounded-sm bg-ink px-2 py-1 text-small text-surface open:flex"
    >
      <span>{tip?.text}</span>
      {tip?.keys && <kbd className="font-sans opacity-65">{tip.keys}</kbd>}
    </div>
  );
}

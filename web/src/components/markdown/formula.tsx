import { useLayoutEffect, useRef, useState } from 'react';
import { cn } from '@/lib/cn';
import { loadedMath, loadMath, type DrawMath } from './math-loader';

interface FormulaProps {
  tex: string;
  source: string;
  display: boolean;
  // Still being written: shown as its source.
  open?: boolean;
}

// A formula, drawn once what draws it is loaded; until then, and if it has an error, its source.
export function Formula({ tex, source, display, open = false }: FormulaProps) {
  const place = useRef<HTMLSpanElement>(null);
  const draw = useMathDrawing(!open);
  const [failed, setFailed] = useState<string | null>(null);
  useLayoutEffect(() => {
    if (draw && place.current && !draw(place.current, tex, display)) setFailed(tex);
  }, [draw, tex, display]);
  if (open || !draw || failed === tex) return <code className={cn('inline', display && 'formula-source')}>{source}</code>;
  return <span ref={place} dir="ltr" className={display ? 'formula display' : 'formula'} tabIndex={display ? 0 : undefined} />;
}

function useMathDrawing(wanted: boolean): DrawMath | null {
  const [draw, setDraw] = useState<DrawMath | null>(loadedMath);
  useLayoutEffect(() => {
    if (draw || !wanted) return;
    let over = false;
    loadMath().then(
      (loaded) => !over && setDraw(() => loaded),
      // Without it, formulas stay what was written.
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, [draw, wanted]);
  return draw;
}

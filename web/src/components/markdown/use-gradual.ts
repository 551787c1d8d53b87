import { useEffect, useMemo, useState } from 'react';
import type { Block } from '@/markdown/ast';
import { limitBlocks } from '@/markdown/limit';

const step = 2_000;
// A text of 150,000 characters as models write them takes less.
const unasked = 24_000;

const whenIdle = typeof requestIdleCallback === 'function'
  ? (work: () => void) => {
    const id = requestIdleCallback(work, { timeout: 200 });
    return () => cancelIdleCallback(id);
  }
  : (work: () => void) => {
    const id = setTimeout(work, 16);
    return () => clearTimeout(id);
  };

export interface Gradual {
  blocks: readonly Block[];
  // Draws the rest of a text that is too long to be drawn unasked; null while there is none.
  showRest: (() => void) | null;
}

// As much of a text as can be drawn without a pause that is felt; the rest follows part by part.
export function useGradual(blocks: readonly Block[]): Gradual {
  const [most, setMost] = useState(step);
  const [wanted, setWanted] = useState(unasked);
  const limited = useMemo(() => limitBlocks(blocks, most), [blocks, most]);
  const goesOn = !limited.whole && most < wanted;
  useEffect(() => (goesOn ? whenIdle(() => setMost(most + step)) : undefined), [goesOn, most]);
  return { blocks: limited.blocks, showRest: limited.whole || goesOn ? null : () => setWanted(Infinity) };
}

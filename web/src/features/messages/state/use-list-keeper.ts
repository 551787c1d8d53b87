import { useCallback, useLayoutEffect, useReducer, useRef, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import { ListKeeper, type Within } from './list-keeper';

interface KeptList {
  keys: readonly string[];
  // A first guess of a row's height.
  estimate: (index: number) => number;
  // A row that stands for what is not loaded: its place means nothing.
  passed: string;
  moved: () => void;
}

interface KeptListRefs {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  block: RefObject<HTMLDivElement | null>;
}

// A list whose rows are drawn only around what is in view and never move under the eye.
export function useListKeeper({ keys, estimate, passed, moved }: KeptList) {
  const refs: KeptListRefs = { scroller: useRef(null), content: useRef(null), block: useRef(null) };
  const [, again] = useReducer((count: number) => count + 1, 0);
  const draw = useCallback((within: Within) => (within === 'frame' ? flushSync(again) : again()), []);
  const latest = useRef({ estimate, moved });
  latest.current = { estimate, moved };
  const [keeper] = useState(() => {
    const made: ListKeeper = new ListKeeper(
      (key) => latest.current.estimate(made.geometry.indexOf(key)),
      passed,
      draw,
      () => latest.current.moved(),
    );
    return made;
  });
  const range = keeper.setRows(keys);
  const { scroller, content, block } = refs;
  useLayoutEffect(() => {
    if (scroller.current && content.current && block.current) return keeper.attach(scroller.current, content.current, block.current);
  }, [keeper, scroller, content, block]);
  useLayoutEffect(() => keeper.settle());
  return { keeper, range, refs };
}

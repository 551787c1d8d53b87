import { useEffect, useMemo, useRef, useState } from 'react';
import { share } from '@/markdown/share';
import { groupLines, type CodeGroups, type Highlighted, type HighlightReply, type HighlightRequest } from './code-lines';

const longest = 200_000;
const shortestPause = 120;
// The first answer waits for the worker and its rules to load: that says nothing about the next one.
const longestPause = 1_000;

let worker: Worker | null = null;
let count = 0;
const waiting = new Map<number, (lines: HighlightReply['lines']) => void>();

function ask(language: string, text: string): Promise<HighlightReply['lines']> {
  if (typeof Worker === 'undefined') return Promise.resolve(null);
  if (!worker) {
    worker = new Worker(new URL('./highlight-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', (event: MessageEvent<HighlightReply>) => {
      waiting.get(event.data.id)?.(event.data.lines);
      waiting.delete(event.data.id);
    });
  }
  count += 1;
  const request: HighlightRequest = { id: count, language, text };
  return new Promise((resolve) => {
    waiting.set(request.id, resolve);
    worker?.postMessage(request);
  });
}

interface Painter {
  look: () => void;
  stop: () => void;
}

// Colours a text that may grow: one question at a time, with pauses in proportion to what the answers took.
function startPainter(language: string, text: () => string, show: (colours: Highlighted) => void): Painter {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  let over = false;
  let done = '';
  const paint = async () => {
    const asked = text();
    const start = performance.now();
    const lines = await ask(language, asked);
    if (over) return;
    over = lines === null;
    if (!lines) return;
    done = asked;
    show({ text: asked, lines });
    timer = setTimeout(() => {
      busy = false;
      look();
    }, Math.min(longestPause, Math.max(shortestPause, 4 * (performance.now() - start))));
  };
  const look = () => {
    if (busy || over || text() === done) return;
    busy = true;
    void paint();
  };
  const stop = () => {
    over = true;
    clearTimeout(timer);
  };
  return { look, stop };
}

function useColours(language: string, text: string): Highlighted | null {
  const [colours, setColours] = useState<Highlighted | null>(null);
  const latest = useRef(text);
  latest.current = text;
  const painter = useRef<Painter | null>(null);
  const wanted = language !== '' && text.length <= longest;
  useEffect(() => {
    if (!wanted) return;
    painter.current = startPainter(language, () => latest.current, setColours);
    return () => painter.current?.stop();
  }, [language, wanted]);
  useEffect(() => painter.current?.look(), [text, language, wanted]);
  return colours;
}

// The code's groups of lines; those that did not change are the same objects as before.
export function useCodeGroups(language: string, text: string): CodeGroups {
  const colours = useColours(language, text);
  const before = useRef<CodeGroups>({ full: [], rest: [] });
  return useMemo(() => {
    before.current = share(before.current, groupLines(text, colours));
    return before.current;
  }, [text, colours]);
}

import type { LanguageFn } from 'highlight.js';
import { createLowlight } from 'lowlight';
import type { CodeLine, HighlightReply, HighlightRequest, Token } from './code-lines';

// Highlighting, beside the page so that it never waits: started by the first code block; each language's rules are
// loaded on its first use.

type Loader = () => Promise<{ default: LanguageFn }>;

const loaders: Record<string, Loader> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  go: () => import('highlight.js/lib/languages/go'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  lua: () => import('highlight.js/lib/languages/lua'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  php: () => import('highlight.js/lib/languages/php'),
  python: () => import('highlight.js/lib/languages/python'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
};

const aliases: Record<string, string> = {
  sh: 'bash', shell: 'bash', zsh: 'bash', 'c++': 'cpp', cc: 'cpp', hpp: 'cpp', h: 'c', cs: 'csharp', golang: 'go',
  toml: 'ini', js: 'javascript', jsx: 'javascript', kt: 'kotlin', md: 'markdown', py: 'python', rb: 'ruby', rs: 'rust',
  ts: 'typescript', tsx: 'typescript', html: 'xml', svg: 'xml', yml: 'yaml', patch: 'diff',
};

const engine = createLowlight();

interface Node {
  type: string;
  value?: string;
  properties?: { className?: unknown };
  children?: Node[];
}

async function highlight(language: string, text: string): Promise<CodeLine[] | null> {
  const name = aliases[language] ?? language;
  const loader = loaders[name];
  if (!loader) return null;
  if (!engine.registered(name)) engine.register(name, (await loader()).default);
  const lines: Token[][] = [[]];
  collect(engine.highlight(name, text).children as Node[], '', lines);
  return lines;
}

// The tree as lines of coloured pieces; the innermost colour counts.
function collect(nodes: Node[], outer: string, lines: Token[][]): void {
  for (const node of nodes) {
    if (node.type !== 'text') {
      const names = Array.isArray(node.properties?.className) ? node.properties.className.join(' ') : outer;
      collect(node.children ?? [], names, lines);
      continue;
    }
    (node.value ?? '').split('\n').forEach((piece, index) => {
      if (index > 0) lines.push([]);
      if (piece !== '') lines[lines.length - 1]?.push([outer, piece]);
    });
  }
}

self.addEventListener('message', (event: MessageEvent<HighlightRequest>) => {
  const { id, language, text } = event.data;
  highlight(language, text).then(
    (lines) => self.postMessage({ id, lines } satisfies HighlightReply),
    () => self.postMessage({ id, lines: null } satisfies HighlightReply),
  );
});

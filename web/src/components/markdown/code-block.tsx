import { WrapText } from 'lucide-react';
import { memo, useState } from 'react';
import { CopyButton } from '@/components/copy-button';
import { IconButton } from '@/components/icon-button';
import { markdownStrings } from '@/i18n/markdown';
import { cn } from '@/lib/cn';
import type { CodeLine } from './code-lines';
import { useCodeGroups } from './use-code-groups';

const linePixels = 20;

export function CodeBlock({ language, text }: { language: string; text: string }) {
  const [wrap, setWrap] = useState(false);
  const { full, rest } = useCodeGroups(language, text);
  return (
    <figure data-slot="code" dir="ltr" className="overflow-clip rounded-md border border-line bg-code">
      <figcaption className="code-head flex h-8 items-center gap-1 border-b border-line bg-code ps-3 pe-1 text-small text-faint">
        <span className="flex-1 truncate">{language || markdownStrings.plainCode}</span>
        <IconButton icon={WrapText} size="small" label={markdownStrings.wrapLines} pressed={wrap} onClick={() => setWrap(!wrap)} />
        <CopyButton text={text} label={markdownStrings.copyCode} />
      </figcaption>
      <pre
        tabIndex={0}
        aria-label={markdownStrings.codeIn(language)}
        className={cn('code-body max-h-[480px] overflow-auto px-3 py-2.5', wrap && 'wrap-anywhere whitespace-pre-wrap')}
      >
        <code>
          {full.map((lines, group) => <LineGroup key={group} lines={lines} block />)}
          <LineGroup lines={rest} block={false} />
        </code>
      </pre>
    </figure>
  );
}

// Lines that are drawn together. Full groups out of sight cost nothing, and are as high as they will be.
const LineGroup = memo(function LineGroup({ lines, block }: { lines: readonly CodeLine[]; block: boolean }) {
  const content = lines.map((line, index) => <Line key={index} line={line} last={index === lines.length - 1} />);
  if (!block) return content;
  return (
    <span className="code-group" style={{ containIntrinsicBlockSize: `auto ${lines.length * linePixels}px` }}>
      {content}
    </span>
  );
});

const Line = memo(function Line({ line, last }: { line: CodeLine; last: boolean }) {
  const end = last ? '' : '\n';
  if (typeof line === 'string') return <>{line + end}</>;
  return (
    <>
      {line.map(([name, piece], index) => (name === '' ? piece : <span key={index} className={name}>{piece}</span>))}
      {end}
    </>
  );
});

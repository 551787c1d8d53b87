import { Check, Copy, WrapText } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { copyText } from '@/lib/clipboard';
import { strings } from '@/lib/strings';
import { IconButton } from '@/components/icon-button';

export function CodeBlock({ language, text }: { language: string; text: string }) {
  const [wrap, setWrap] = useState(false);
  const highlighted = useHighlight(language, text);
  return (
    <figure data-slot="code" dir="ltr" className="overflow-hidden rounded-md border border-line bg-code">
      <figcaption className="flex h-8 items-center gap-1 border-b border-line ps-3 pe-1 text-small text-faint">
        <span className="flex-1 truncate">{language || strings.messages.plainCode}</span>
        <IconButton icon={WrapText} size="small" label={strings.messages.wrapLines} pressed={wrap} onClick={() => setWrap(!wrap)} />
        <CopyButton text={text} />
      </figcaption>
      <pre
        tabIndex={0}
        aria-label={strings.messages.codeIn(language)}
        className={cn('code-body max-h-[480px] overflow-auto px-3 py-2.5', wrap && 'wrap-anywhere whitespace-pre-wrap')}
      >
        <code>{highlighted ?? text}</code>
      </pre>
    </figure>
  );
}

function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_600);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      icon={copied ? Check : Copy}
      size="small"
      label={copied ? strings.common.copied : strings.messages.copyCode}
      onClick={() => void copyText(text).then(() => setCopied(true))}
    />
  );
}

// Colours come when the language's rules are there; until then, and without rules, the plain text stands.
function useHighlight(language: string, text: string): ReactNode | null {
  const [result, setResult] = useState<{ text: string; nodes: ReactNode } | null>(null);
  useEffect(() => {
    if (!language || text.length > 60_000) return;
    let wanted = true;
    void import('./highlight').then(async ({ highlight }) => {
      const nodes = await highlight(language, text);
      if (wanted && nodes) setResult({ text, nodes });
    });
    return () => {
      wanted = false;
    };
  }, [language, text]);
  return result?.text === text ? result.nodes : null;
}

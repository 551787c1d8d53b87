import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type ComponentProps } from 'react';
import { IconButton } from '@/components/icon-button';
import { basicStrings } from '@/i18n/basics';
import { copyText } from '@/lib/clipboard';

const shownFor = 1_600;

interface CopyButtonProps extends Pick<ComponentProps<typeof IconButton>, 'tipSide' | 'className'> {
  text: string;
  label: string;
}

// Copies a text, and says for a moment that it did.
export function CopyButton({ text, label, ...look }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), shownFor);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      {...look}
      icon={copied ? Check : Copy}
      size="small"
      label={copied ? basicStrings.words.copied : label}
      onClick={() => void copyText(text).then(() => setCopied(true))}
    />
  );
}

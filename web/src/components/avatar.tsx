import { Hash, Lock, Sparkle } from 'lucide-react';
import type { CSSProperties } from 'react';
import type { Chat, PresenceState } from '@/api/contracts.gen';
import { cn } from '@/lib/cn';
import { hueOf, initialsOf } from '@/lib/hue';

const sizes = {
  small: 'size-5 text-small leading-none',
  medium: 'size-8 text-small leading-none',
  large: 'size-9 text-small',
  huge: 'size-16 text-title',
};

const dots = {
  online: 'bg-good-dot',
  away: 'border-2 border-good-dot bg-surface',
  offline: 'border-2 border-line-strong bg-surface',
};

interface AvatarProps {
  id: string;
  name: string;
  size?: keyof typeof sizes;
  presence?: PresenceState;
  className?: string;
}

// A person's picture: initials on a colour that stays with the id. Decoration; the name stands beside it.
export function Avatar({ id, name, size = 'medium', presence, className }: AvatarProps) {
  const initials = initialsOf(name);
  return (
    <span
      aria-hidden
      className={cn('hue-chip relative inline-flex shrink-0 items-center justify-center rounded-full font-bold select-none', sizes[size], className)}
      style={{ '--hue': hueOf(id) } as CSSProperties}
    >
      {size === 'small' ? Array.from(initials)[0] : initials}
      {presence && (
        <span data-mark={presence === 'online' ? 'full' : 'hollow'} className={cn('absolute rounded-full ring-2 ring-surface', { huge: 'right-0.5 bottom-0.5 size-4', small: '-right-0.5 -bottom-0.5 size-2' }[size as 'huge'] ?? '-right-px -bottom-px size-2.5', dots[presence])} />
      )}
    </span>
  );
}

export function RoomIcon({ chat, size = 'medium' }: { chat: Chat; size?: 'small' | 'medium' | 'large' }) {
  if (chat.kind === 'assistant') return <AssistantIcon size={size} />;
  const Icon = chat.visibility === 'public' ? Hash : Lock;
  return (
    <span
      aria-hidden
      className={cn('hue-chip inline-flex shrink-0 items-center justify-center rounded-md', sizes[size])}
      style={{ '--hue': hueOf(chat.id) } as CSSProperties}
    >
      <Icon size={{ small: 12, medium: 15, large: 18 }[size]} strokeWidth={2.2} />
    </span>
  );
}

// The assistant's picture, the same everywhere: it is no person.
export function AssistantIcon({ size = 'medium' }: { size?: keyof typeof sizes }) {
  const pixels = { small: 12, medium: 16, large: 18, huge: 30 }[size];
  return (
    <span aria-hidden className={cn('inline-flex shrink-0 items-center justify-center rounded-full bg-accent-soft text-accent-text', sizes[size])}>
      <Sparkle size={pixels} strokeWidth={2.1} fill="currentColor" fillOpacity={0.25} />
    </span>
  );
}

import type { ReactNode } from 'react';

interface EmptyStateProps {
  picture?: ReactNode;
  title: string;
  text: string;
  action?: ReactNode;
  // The page has no other heading.
  isPage?: boolean;
}

// Teaches one thing, with one button.
export function EmptyState({ picture, title, text, action, isPage = false }: EmptyStateProps) {
  const Heading = isPage ? 'h1' : 'h2';
  return (
    <div data-slot="empty-state" className="flex h-full flex-col items-center justify-center px-6 py-10 text-center">
      {picture && <div className="mb-4 text-faint">{picture}</div>}
      <Heading className="text-read font-bold text-balance">{title}</Heading>
      <p className="mt-1 max-w-sm text-pretty text-soft">{text}</p>
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}

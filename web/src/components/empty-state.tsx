import type { ReactNode } from 'react';

interface EmptyStateProps {
  picture?: ReactNode;
  title: string;
  text: string;
  action?: ReactNode;
}

// Teaches one thing, with one button.
export function EmptyState({ picture, title, text, action }: EmptyStateProps) {
  return (
    <div data-slot="empty-state" className="flex h-full flex-col items-center justify-center px-6 py-10 text-center">
      {picture && <div className="mb-4 text-faint">{picture}</div>}
      <h2 className="text-read font-bold text-balance">{title}</h2>
      <p className="mt-1 max-w-sm text-pretty text-soft">{text}</p>
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}

import type { ReactNode } from 'react';

// A page of its own beside the rail: a title and one readable column.
export function PageFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto w-full max-w-[640px] px-4 pt-6 pb-16 md:px-8 md:pt-10">
        <h1 className="mb-4 text-title font-bold tracking-[-0.01em]">{title}</h1>
        {children}
      </div>
    </div>
  );
}

import type { ReactNode } from 'react';
import { Wordmark } from '@/components/logo';
import { authStrings } from '@/i18n/auth';
import { Branch } from './branch';

// Sign-in and sign-up: the form on one side; on wide windows a loquat branch on the other.
export function AuthLayout({ title, lead, children }: { title: string; lead: ReactNode; children: ReactNode }) {
  return (
    <div className="grid h-dvh overflow-y-auto auth:grid-cols-[minmax(480px,1fr)_1.1fr]">
      <main className="flex flex-col px-6 py-8 md:px-12">
        <Wordmark />
        <div className="mx-auto my-auto w-full max-w-[360px] py-10">
          <h1 className="text-title font-bold tracking-[-0.02em]">{title}</h1>
          <p className="mt-1.5 mb-7 text-soft">{lead}</p>
          {children}
        </div>
      </main>
      <aside aria-hidden className="relative hidden overflow-hidden border-s border-line bg-accent-soft/60 auth:block">
        <Branch className="absolute inset-0 size-full" />
        <p className="absolute inset-x-12 bottom-12 max-w-md text-title font-medium text-balance text-accent-text">{authStrings.motto}</p>
      </aside>
    </div>
  );
}

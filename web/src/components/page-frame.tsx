import { ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { chatStrings } from '@/i18n/chat';

interface PageFrameProps {
  title: string;
  // On a phone, where a page that is no place of the bar goes back to.
  back?: string;
  children: ReactNode;
}

// A page of its own beside the rail: a title and one readable column.
export function PageFrame({ title, back, children }: PageFrameProps) {
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto w-full max-w-[40rem] px-4 pt-6 pb-16 md:px-8 md:pt-10">
        <div className="mb-4 flex items-center gap-1">
          {back !== undefined && (
            <Link to={back} aria-label={chatStrings.back} className="-ms-2 inline-flex size-11 items-center justify-center rounded-sm text-soft hover:bg-hover md:hidden">
              <ChevronLeft size={22} aria-hidden />
            </Link>
          )}
          <h1 className="text-title font-bold tracking-[-0.01em]">{title}</h1>
        </div>
        {children}
      </div>
    </div>
  );
}

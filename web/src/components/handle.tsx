import type { Named } from '@/lib/names';

// The user name beside a drawn name that others have, too; nothing where the name says enough. In a narrow place the
// name gives way first: it is the user name that tells people apart.
export function Handle({ of }: { of: Named | null | undefined }) {
  if (!of?.name_shared) return null;
  return <span data-handle dir="ltr" className="max-w-3/4 shrink-0 truncate text-small font-normal text-faint">@{of.username}</span>;
}

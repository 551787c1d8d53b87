import type { Named } from '@/lib/names';

// The user name beside a drawn name that others have, too; nothing where the name says enough.
export function Handle({ of }: { of: Named | null | undefined }) {
  if (!of?.name_shared) return null;
  return <> <span data-handle dir="ltr" className="text-small font-normal text-faint">@{of.username}</span></>;
}

import { CircleAlert } from 'lucide-react';

// What went wrong with a whole form, read out when it appears.
export function FormError({ text }: { text: string | null }) {
  if (!text) return null;
  return (
    <p role="alert" className="flex gap-2 rounded-sm bg-bad-soft px-3 py-2.5 text-bad">
      <CircleAlert size={18} className="mt-px shrink-0" aria-hidden />
      <span>{text}</span>
    </p>
  );
}

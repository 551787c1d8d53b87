// A loquat: the round fruit with its leaf.
export function Logo({ size = 32, className }: { size?: number; className?: string }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className={className}>
      <path d="M15.600 9.200C15.400 6.900 16 4.900 17.600 3.200" fill="none" stroke="oklch(0.45 0.07 65)" strokeWidth="2.200" strokeLinecap="round" />
      <path d="M17.200 7.400c1.600-3.900 5.200-5.300 9.600-4.700-.4 4.300-3.600 7-8.600 6.200-.6-.1-1.200-.7-1-1.500z" fill="oklch(0.61 0.13 135)" />
      <path d="M16 8.600c6.600 0 10.700 4.300 10.700 10.400C26.700 25.300 22 30 16 30S5.300 25.300 5.300 19C5.300 12.900 9.400 8.600 16 8.600z" fill="oklch(0.78 0.15 70)" />
      <path d="M26.700 19C26.700 25.300 22 30 16 30c-3.300 0-6.200-1.400-8.200-3.700 9.700 1.500 16.300-4.600 16.600-14.700 1.500 1.900 2.300 4.400 2.300 7.400z" fill="oklch(0.71 0.16 58)" />
      <path d="M9.300 19.400c0-3.400 1.800-5.900 4.500-6.900" fill="none" stroke="oklch(0.98 0.03 90)" strokeOpacity=".8" strokeWidth="2.200" strokeLinecap="round" />
    </svg>
  );
}

export function Wordmark({ size = 28 }: { size?: number }) {
  return (
    <span className="inline-flex items-center gap-2">
      <Logo size={size} />
      <span className="text-title font-bold tracking-[-0.02em]">Loquat</span>
    </span>
  );
}

// A loquat: an egg-shaped fruit with the dark star of its blossom below and one long leaf.
export function Logo({ size = 32, className }: { size?: number; className?: string }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className={className}>
      <path d="M15 9.500C14.800 6.800 15.400 4.300 17 2.200" fill="none" stroke="oklch(0.45 0.07 65)" strokeWidth="2.400" strokeLinecap="round" />
      <path d="M15.700 8.200C17.400 2.600 23 .6 30 3.400 27.600 9.600 21.800 11.800 15.700 8.200z" fill="oklch(0.6 0.12 140)" />
      <path d="M15 8.400c5 0 7.200 3.400 9 7 1.500 3 1.600 5.400 1.100 7.600C24.100 27.400 20.300 30.500 15 30.500S5.900 27.400 4.900 23c-.5-2.200-.4-4.600 1.100-7.600 1.800-3.600 4-7 9-7z" fill="oklch(0.785 0.15 72)" />
      <path d="M25.100 23c-1 4.400-4.800 7.500-10.100 7.500-3.600 0-6.500-1.400-8.300-3.700 8.600 1 15.200-4.300 15.500-14.700.7 1 1.300 2.200 1.800 3.300 1.500 3 1.600 5.400 1.100 7.600z" fill="oklch(0.71 0.16 58)" />
      <path d="M8.200 20.600c.1-3.300 1.500-6.200 3.900-8" fill="none" stroke="oklch(0.98 0.03 90)" strokeOpacity=".8" strokeWidth="2.200" strokeLinecap="round" />
      <path d="M12.400 29.600l1-1.900 1.600.9 1.600-.9 1 1.900c-1.600.6-3.600.6-5.200 0z" fill="oklch(0.4 0.06 55)" />
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

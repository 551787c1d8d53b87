// Only addresses that open a page or a letter; anything else stays text.
export function safeHref(href: string): string | null {
  const trimmed = href.trim();
  if (/^mailto:[^\s]+$/i.test(trimmed)) return trimmed;
  if (!/^https?:\/\//i.test(trimmed)) return null;
  try {
    return new URL(trimmed).href;
  } catch {
    return null;
  }
}

// The host that a link leads to; empty for one that leads to no page.
export function hostOf(href: string): string {
  return href.startsWith('http') ? new URL(href).host : '';
}

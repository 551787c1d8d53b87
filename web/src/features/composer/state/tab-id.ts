const key = 'loquat.tab';

// A name of this tab that stays over a reload. It is kept aside only between two pages: a copy of the tab, which copies what
// is kept, gets a name of its own.
export function ownTab(make: () => string): string {
  if (typeof sessionStorage === 'undefined' || typeof window === 'undefined') return make();
  const tab = sessionStorage.getItem(key) ?? make();
  sessionStorage.removeItem(key);
  window.addEventListener('pagehide', () => sessionStorage.setItem(key, tab));
  window.addEventListener('pageshow', () => sessionStorage.removeItem(key));
  return tab;
}

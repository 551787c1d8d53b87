// Runs before the first paint, so that a remembered theme never flashes.
(function () {
  var chosen = 'system';
  try {
    chosen = (JSON.parse(localStorage.getItem('loquat.settings') || '{}').state || {}).theme || 'system';
  } catch {
    // A broken or forbidden store means the system's theme.
  }
  var dark = chosen === 'dark' || (chosen === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();

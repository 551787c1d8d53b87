// Places that other parts of the app send the focus to, found by an attribute rather than passed around.

export function focusComposer(): void {
  document.querySelector<HTMLElement>('[data-composer]')?.focus();
}

// Roving focus: the next or previous element that matches, from the one in focus.
export function moveFocus(container: HTMLElement, selector: string, by: number): void {
  const list = Array.from(container.querySelectorAll<HTMLElement>(selector));
  const at = list.findIndex((element) => element.contains(document.activeElement));
  list[Math.min(Math.max(at + by, 0), list.length - 1)]?.focus();
}

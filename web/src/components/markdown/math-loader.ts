// What draws formulas: loaded by the first one. It builds elements, never HTML text.

export type DrawMath = (place: HTMLElement, tex: string, display: boolean) => boolean;

let loaded: DrawMath | null = null;
let loading: Promise<DrawMath> | null = null;

export const loadedMath = (): DrawMath | null => loaded;

export function loadMath(): Promise<DrawMath> {
  loading ??= import('./draw-math').then(
    ({ drawMath }) => (loaded = drawMath),
    (error: unknown) => {
      // The next formula tries again.
      loading = null;
      throw error;
    },
  );
  return loading;
}

import { create } from 'zustand';

// Which of the app's own overlays stand open; any part of the page may ask for one.
export const useOverlays = create<{ switcher: boolean; help: boolean }>()(() => ({ switcher: false, help: false }));

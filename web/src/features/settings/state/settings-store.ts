import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'cosy' | 'compact';
// Of the list of conversations.
export type SectionName = 'rooms' | 'people' | 'assistants';

interface SettingsState {
  theme: Theme;
  density: Density;
  enterSends: boolean;
  notifications: boolean;
  listWidth: number;
  // Whether the details of rooms stand open where there is room.
  detailsOpen: boolean;
  // Sections of the list that are folded.
  folded: SectionName[];
  set: (change: Partial<Omit<SettingsState, 'set'>>) => void;
}

// What a person chose for this browser. public/boot.js reads `theme` before the first paint.
export const useSettings = create<SettingsState>()(
  persist(
    (set) => ({
      theme: 'system',
      density: 'cosy',
      enterSends: true,
      notifications: false,
      listWidth: 280,
      detailsOpen: true,
      folded: [],
      set: (change) => set(change),
    }),
    { name: 'loquat.settings' },
  ),
);

const darkQuery = '(prefers-color-scheme: dark)';

// Keeps the document's theme in step with the choice and, for `system`, with the machine.
export function followTheme(): void {
  const media = matchMedia(darkQuery);
  const apply = () => {
    const { theme } = useSettings.getState();
    const dark = theme === 'dark' || (theme === 'system' && media.matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  };
  apply();
  media.addEventListener('change', apply);
  useSettings.subscribe(apply);
}

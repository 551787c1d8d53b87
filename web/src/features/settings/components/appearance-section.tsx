import { Monitor, Moon, Rows2, Rows4, Sun } from 'lucide-react';
import { Segmented } from '@/components/segmented';
import { useSettings } from '@/features/settings/state/settings-store';
import { settingsStrings } from '@/i18n/settings';

export function AppearanceSection() {
  const { theme, density, set } = useSettings();
  return (
    <div className="flex flex-col items-start gap-7">
      <Segmented
        label={settingsStrings.theme}
        value={theme}
        options={[
          { value: 'system', label: settingsStrings.themes.system, icon: Monitor },
          { value: 'light', label: settingsStrings.themes.light, icon: Sun },
          { value: 'dark', label: settingsStrings.themes.dark, icon: Moon },
        ]}
        onChange={(value) => set({ theme: value })}
      />
      <div>
        <Segmented
          label={settingsStrings.density}
          value={density}
          options={[
            { value: 'cosy', label: settingsStrings.densities.cosy, icon: Rows2 },
            { value: 'compact', label: settingsStrings.densities.compact, icon: Rows4 },
          ]}
          onChange={(value) => set({ density: value })}
        />
        <p className="mt-1.5 text-small text-faint">{settingsStrings.densityHint}</p>
      </div>
    </div>
  );
}

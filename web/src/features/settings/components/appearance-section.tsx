import { Monitor, Moon, Rows2, Rows4, Sun } from 'lucide-react';
import { Segmented } from '@/components/segmented';
import { useSettings } from '@/features/settings/state/settings-store';
import { strings } from '@/lib/strings';

export function AppearanceSection() {
  const { theme, density, set } = useSettings();
  return (
    <div className="flex flex-col items-start gap-7">
      <Segmented
        label={strings.settings.theme}
        value={theme}
        options={[
          { value: 'system', label: strings.settings.themes.system, icon: Monitor },
          { value: 'light', label: strings.settings.themes.light, icon: Sun },
          { value: 'dark', label: strings.settings.themes.dark, icon: Moon },
        ]}
        onChange={(value) => set({ theme: value })}
      />
      <div>
        <Segmented
          label={strings.settings.density}
          value={density}
          options={[
            { value: 'cosy', label: strings.settings.densities.cosy, icon: Rows2 },
            { value: 'compact', label: strings.settings.densities.compact, icon: Rows4 },
          ]}
          onChange={(value) => set({ density: value })}
        />
        <p className="mt-1.5 text-small text-faint">{strings.settings.densityHint}</p>
      </div>
    </div>
  );
}

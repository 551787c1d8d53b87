import { Button } from '@/components/button';
import { useOverlays } from '@/components/floating/overlays';
import { Switch } from '@/components/switch';
import { useSettings } from '@/features/settings/state/settings-store';
import { settingsStrings } from '@/i18n/settings';

export function WritingSection() {
  const { enterSends, set } = useSettings();
  return (
    <div className="flex flex-col gap-5">
      <Switch
        label={settingsStrings.enterSends}
        hint={enterSends ? settingsStrings.enterSendsOn : settingsStrings.enterSendsOff}
        checked={enterSends}
        onChange={(value) => set({ enterSends: value })}
      />
      <div className="border-t border-line pt-5">
        <Button onClick={() => useOverlays.setState({ help: true })}>{settingsStrings.allKeys}</Button>
      </div>
    </div>
  );
}

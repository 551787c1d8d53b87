import { Button } from '@/components/button';
import { useOverlays } from '@/components/overlays';
import { Switch } from '@/components/switch';
import { useSettings } from '@/features/settings/state/settings-store';
import { strings } from '@/lib/strings';

export function WritingSection() {
  const { enterSends, set } = useSettings();
  return (
    <div className="flex flex-col gap-5">
      <Switch
        label={strings.settings.enterSends}
        hint={enterSends ? strings.settings.enterSendsOn : strings.settings.enterSendsOff}
        checked={enterSends}
        onChange={(value) => set({ enterSends: value })}
      />
      <div className="border-t border-line pt-5">
        <Button onClick={() => useOverlays.setState({ help: true })}>{strings.settings.allKeys}</Button>
      </div>
    </div>
  );
}

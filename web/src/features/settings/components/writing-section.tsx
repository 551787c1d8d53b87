import { Button } from '@/components/button';
import { Switch } from '@/components/switch';
import { useSettings } from '@/features/settings/state/settings-store';
import { strings } from '@/lib/strings';
import { useUi } from '@/lib/ui-store';

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
        <Button onClick={() => useUi.setState({ helpOpen: true })}>{strings.settings.allKeys}</Button>
      </div>
    </div>
  );
}

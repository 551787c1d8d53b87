import { Dialog } from '@/components/floating/dialog';
import { useOverlays } from '@/components/floating/overlays';
import { appStrings } from '@/i18n/app';
import { helpStrings } from '@/i18n/help';

export function HelpSheet() {
  return (
    <Dialog title={appStrings.pages.help} onClose={() => useOverlays.setState({ help: false })} className="w-[min(640px,calc(100vw-24px))]!">
      <div className="grid gap-x-10 gap-y-6 md:grid-cols-2">
        {helpStrings.groups.map((group) => (
          <section key={group.title}>
            <h3 className="mb-1 text-small font-medium text-faint">{group.title}</h3>
            <dl>
              {group.keys.map(([keys, meaning]) => (
                <div key={meaning} className="flex min-h-9 items-center justify-between gap-4 border-b border-line last:border-0">
                  <dt>{meaning}</dt>
                  <dd className="flex shrink-0 gap-1">
                    {keys.split(' ').map((key) => (
                      <kbd key={key} className="rounded-[5px] border border-line bg-sunken px-1.5 font-sans text-small text-soft">{key}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

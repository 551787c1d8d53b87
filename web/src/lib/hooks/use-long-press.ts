import { useRef, type MouseEvent, type PointerEvent } from 'react';

const holdMilliseconds = 480;

// Calls back when a finger rests on something; moving or lifting it before that does nothing.
export function useLongPress(onLongPress: () => void) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const touched = useRef(false);
  const cancel = () => clearTimeout(timer.current);
  return {
    onPointerDown: (event: PointerEvent) => {
      touched.current = event.pointerType === 'touch';
      if (event.pointerType === 'touch') timer.current = setTimeout(onLongPress, holdMilliseconds);
    },
    onPointerMove: cancel,
    onPointerUp: cancel,
    onPointerCancel: cancel,
    // The browser's own menu for a resting finger would cover ours.
    onContextMenu: (event: MouseEvent) => touched.current && event.preventDefault(),
  };
}

// Milliseconds of processor time that `work` takes: the clock on the wall also counts what other programs do.
export function cpuMilliseconds(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

// web/src/page/words.ts — how are numbers said? With units, and "unknown" where nothing is known.

export function gib(mib: number | null | undefined): string {
  if (mib === null || mib === undefined) return '?';
  const value = mib / 1024;
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

export function memoryOf(used: number | null, total: number | null): string {
  if (used === null && total === null) return 'memory unknown';
  return `${gib(used)} / ${gib(total)} GiB`;
}

export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? '?' : `${Math.round(value)} %`;
}

export function watts(milliwatts: number | null | undefined): string {
  return milliwatts === null || milliwatts === undefined ? '? W' : `${Math.round(milliwatts / 1000)} W`;
}

export function celsius(degrees: number | null | undefined): string {
  return degrees === null || degrees === undefined ? '? °C' : `${degrees} °C`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

export function shortUuid(uuid: string): string {
  const dash = uuid.indexOf('-');
  return dash < 0 ? uuid.slice(0, 8) : uuid.slice(0, dash + 9);
}

export function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return '?';
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

export function clock(time: string | number): string {
  const date = new Date(time);
  const today = new Date().toDateString() === date.toDateString();
  const hours = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
  return today ? hours : `${date.toLocaleDateString([], { day: 'numeric', month: 'short' })} ${hours}`;
}

// "H100 80GB HBM3" of "NVIDIA H100 80GB HBM3": the maker is known.
export function boardName(name: string): string {
  return name.replace(/^NVIDIA\s+/, '');
}

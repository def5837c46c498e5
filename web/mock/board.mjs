// web/mock/board.mjs — GPUs for the page alone: what would the agent's state say of boards that are
// in no driver? Tables of one product; the truth is the agent's.

export const profiles = [
  { id: 19, name: '1g.10gb', memory_units: 1, slices: 1, memory_mib: 9984, sm: 16, media: false, most: 7, starts: [0, 1, 2, 3, 4, 5, 6] },
  { id: 20, name: '1g.10gb+me', memory_units: 1, slices: 1, memory_mib: 9984, sm: 16, media: true, most: 1, starts: [0, 1, 2, 3, 4, 5, 6] },
  { id: 15, name: '1g.20gb', memory_units: 2, slices: 1, memory_mib: 20096, sm: 26, media: false, most: 4, starts: [0, 2, 4, 6] },
  { id: 14, name: '2g.20gb', memory_units: 2, slices: 2, memory_mib: 20096, sm: 32, media: false, most: 3, starts: [0, 2, 4] },
  { id: 9, name: '3g.40gb', memory_units: 4, slices: 3, memory_mib: 40448, sm: 60, media: false, most: 2, starts: [0, 4] },
  { id: 5, name: '4g.40gb', memory_units: 4, slices: 4, memory_mib: 40448, sm: 64, media: false, most: 1, starts: [0] },
  { id: 0, name: '7g.80gb', memory_units: 8, slices: 7, memory_mib: 81152, sm: 132, media: false, most: 1, starts: [0] },
];

export const profileNamed = (name) => profiles.find((one) => one.name === name);
const usage = (used, total) => ({ memory_used_mib: used, memory_total_mib: total, bar1_used_mib: 0, bar1_total_mib: 0, sm_percent: null, memory_percent: null, ecc_uncorrected: 0 });
const uuid = (seed) => {
  let value = 0;
  for (const c of seed) value = (Math.imul(value, 31) + c.charCodeAt(0)) >>> 0;
  const hex = (n) => ((Math.imul(value + n, 2654435761) >>> 0).toString(16)).padStart(8, '0');
  return `${hex(1)}-${hex(2).slice(0, 4)}-5${hex(3).slice(0, 3)}-9${hex(4).slice(0, 3)}-${hex(5)}${hex(6).slice(0, 4)}`;
};

const tenants = ['team-a/chat-7f9/server', 'team-b/ocr-0/main', 'serving/embed-55/worker'];
let made = 0;

export function instance(gpu, name, start) {
  const profile = profileNamed(name);
  const id = made++;
  const used = made % 3 !== 0;
  const pid = 4000 + made;
  return {
    id: gpu.gpu_instances.length === 0 ? 1 : Math.max(...gpu.gpu_instances.map((one) => one.id)) + 1,
    profile: name, profile_id: profile.id, placement: { start, size: profile.memory_units },
    usage: usage(used ? Math.round(profile.memory_mib * 0.6) : 11, profile.memory_mib),
    compute_instances: [{ id: 0, profile: name, profile_id: 0, placement: { start: 0, size: profile.slices }, uuid: `MIG-${uuid(`${gpu.index} ${name} ${start} ${id}`)}`, mig_index: id % 7, sm: profile.sm, health: { healthy: true, why: null }, tenants: used ? [made % 2 ? { kind: 'pod', name: tenants[made % 3] } : { kind: 'process', name: `python (pid ${pid})` }] : [] }],
    processes: used ? [{ pid, name: 'python', memory_mib: 900, gpu_instance: 1, compute_instance: 0, graphics: false }] : [],
    health: { healthy: true, why: null }, xids: [], power_mw: 40000,
    engines: { copy: profile.slices, decoders: profile.slices, encoders: 0, jpeg: profile.slices, ofa: profile.media ? 1 : 0 }, stop: null,
  };
}

export function complete(gpu) {
  gpu.gpu_instances.sort((a, b) => a.placement.start - b.placement.start);
  const held = new Set();
  let slices = 0;
  for (const one of gpu.gpu_instances) {
    for (let unit = 0; unit < one.placement.size; ++unit) held.add(one.placement.start + unit);
    slices += profileNamed(one.profile).slices;
  }
  const room = (profile) => profile.starts.filter((start) =>
    slices + profile.slices <= 7 && gpu.gpu_instances.filter((one) => one.profile === profile.name).length < profile.most &&
    Array.from({ length: profile.memory_units }, (_, i) => start + i).every((unit) => !held.has(unit)));
  const free = [0, 1, 2, 3, 4, 5, 6, 7].filter((unit) => !held.has(unit));
  gpu.fits = profiles.map((profile) => {
    const starts = room(profile);
    const more = Math.min(starts.length, profile.most, Math.floor(free.length / profile.memory_units), Math.floor((7 - slices) / profile.slices));
    return { profile: profile.name, profile_id: profile.id, more, starts, why: starts.length > 0 ? null : `needs ${profile.memory_units} memory units together; ${free.length} are free` };
  });
  const reached = new Set(gpu.fits.flatMap((fit) => fit.starts.flatMap((start) => Array.from({ length: profileNamed(fit.profile).memory_units }, (_, i) => start + i))));
  const units = free.filter((unit) => !reached.has(unit));
  gpu.free = { compute_slices: 7 - slices, memory_units: free.length };
  gpu.stranded = { compute_slices: free.length === units.length ? 7 - slices : 0, memory_units: units.length, units };
  gpu.fragmentation = free.length === 0 ? 0 : units.length / free.length;
  return gpu;
}

export function board(index, mig = 'on') {
  return {
    index, name: 'NVIDIA H100 80GB HBM3', product: 'h100-sxm5-80gb', uuid: `GPU-${uuid(`gpu ${index}`)}`, pci_bus_id: `00000000:${(16 + index).toString(16).toUpperCase()}:00.0`, minor: index, numa_node: 0, problem: null,
    mig_mode: mig, mig_mode_pending: mig, usage: usage(0, 81559), power_mw: 190000, power_limit_mw: 700000, temperature_c: 42, sm_clock_mhz: 1755, memory_clock_mhz: 2619,
    gpu_instances: [], processes: mig === 'off' ? [{ pid: 99, name: 'train', memory_mib: 30000, graphics: false }] : [],
    architecture: 'hopper', activity_available: true, health: { healthy: true, why: null }, xids: [],
    geometry: { memory_units: 8, compute_slices: 7, profiles }, free: { compute_slices: 7, memory_units: 8 }, stranded: { compute_slices: 0, memory_units: 0, units: [] }, fits: [], fragmentation: 0,
  };
}

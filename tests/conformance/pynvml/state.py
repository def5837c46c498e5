"""One GPU as the library shows it against the model: every list, id, capacity and number."""

import pynvml

from model import SUCCESS
from nvml import address

NOT_FOUND = 6


class Observer:
    """Compares one device with its model; remembers UUIDs, which must not change during a life."""

    def __init__(self, nvml, checks, device, gpu):
        self.nvml, self.checks, self.device, self.gpu = nvml, checks, device, gpu
        self.uuids = {}

    # ---- everything --------------------------------------------------------------------------

    def compare(self):
        for profile in self.gpu.board.profiles:
            self._profile(profile)
        self._by_id()
        for instance in self.gpu.live.values():
            self._compute(instance)
        self._mig_devices()

    # ---- GPU instances -----------------------------------------------------------------------

    def _profile(self, profile):
        same, gpu = self.checks.equal, self.gpu
        same(f"capacity of {profile.name}",
             self.nvml.nvmlDeviceGetGpuInstanceRemainingCapacity(self.device, profile.id),
             gpu.capacity(profile))
        infos = [self.nvml.nvmlGpuInstanceGetInfo(handle)
                 for handle in self.nvml.gpu_instances(self.device, profile)]
        live = sorted(i.id for i in gpu.live.values() if i.profile is profile)
        same(f"list of {profile.name}", sorted(info.id for info in infos), live)
        for info in infos:
            if info.id in gpu.live:
                self._info(info, gpu.live[info.id])

    def _info(self, info, instance):
        same = self.checks.equal
        same("profile id", info.profileId, instance.profile.id)
        same(f"placement of GI {instance.id}", (info.placement.start, info.placement.size),
             (instance.start, instance.profile.size))
        same("device of the instance", address(info.device), address(self.device))

    def _by_id(self):
        for number in range(16):
            code, handle = self.nvml.code("nvmlDeviceGetGpuInstanceById", self.device, number)
            if number in self.gpu.live:
                self.checks.code(f"GetGpuInstanceById({number})", code, SUCCESS)
                if code == SUCCESS:
                    self._info(self.nvml.nvmlGpuInstanceGetInfo(handle), self.gpu.live[number])
            else:
                self.checks.code(f"GetGpuInstanceById({number}), absent", code, NOT_FOUND)

    # ---- compute instances -------------------------------------------------------------------

    def _compute(self, instance):
        handle = self.nvml.nvmlDeviceGetGpuInstanceById(self.device, instance.id)
        for profile in self.gpu.compute_profiles(instance):
            self._compute_profile(instance, handle, profile)
        for number in range(8):
            code, compute = self.nvml.code("nvmlGpuInstanceGetComputeInstanceById", handle, number)
            if number not in instance.compute:
                self.checks.code(f"CI {number} of GI {instance.id}, absent", code, NOT_FOUND)
            elif self.checks.code(f"CI {number} of GI {instance.id}", code, SUCCESS):
                self._compute_info(instance, handle, compute, instance.compute[number])

    def _compute_profile(self, instance, handle, profile):
        same = self.checks.equal
        listed = [self.nvml.nvmlComputeInstanceGetInfo(ci).id
                  for ci in self.nvml.compute_instances(handle, profile.id)]
        same(f"CIs of profile {profile.id} in GI {instance.id}", sorted(listed),
             sorted(ci.id for ci in instance.compute.values() if ci.profile.id == profile.id))
        if self.gpu.predictable(instance):
            same(f"capacity of CI profile {profile.id} in GI {instance.id}",
                 self.nvml.nvmlGpuInstanceGetComputeInstanceRemainingCapacity(handle, profile.id),
                 self.gpu.compute_capacity(instance, profile))
            same(f"placements of CI profile {profile.id} in {instance.profile.name}",
                 self.nvml.compute_placements(handle, profile.id),
                 [(start, profile.slices) for start in profile.starts])

    def _compute_info(self, instance, parent, handle, compute):
        same = self.checks.equal
        info = self.nvml.nvmlComputeInstanceGetInfo_v2(handle)
        same("CI id", info.id, compute.id)
        same("CI profile id", info.profileId, compute.profile.id)
        same("CI parent instance", address(info.gpuInstance), address(parent))
        same("CI device", address(info.device), address(self.device))
        same(f"start of CI {compute.id} in GI {instance.id}", info.placement.start, compute.start)
        if self.gpu.predictable(instance):
            same("size of the CI", info.placement.size, compute.profile.slices)

    # ---- MIG devices -------------------------------------------------------------------------

    def _mig_devices(self):
        most = self.nvml.nvmlDeviceGetMaxMigDeviceCount(self.device)
        self.checks.equal("max MIG device count", most, self.gpu.board.slices)
        seen = []
        for index in range(most):
            code, device = self.nvml.code("nvmlDeviceGetMigDeviceHandleByIndex", self.device, index)
            if index >= len(self.gpu.mig_devices()):
                self.checks.code(f"MIG device {index}, absent", code, NOT_FOUND)
            elif self.checks.code(f"MIG device {index}", code, SUCCESS):
                seen.append(self._mig_device(device))
        self.checks.equal("MIG devices in order", seen, self.gpu.mig_devices())
        self.uuids = {key: self.uuids[key] for key in seen if key in self.uuids}
        self.checks.equal("distinct MIG UUIDs", len(set(self.uuids.values())), len(self.uuids))

    def _mig_device(self, device):
        """Checks one MIG device; returns its (GI id, CI id)."""
        nvml, same = self.nvml, self.checks.equal
        key = (nvml.nvmlDeviceGetGpuInstanceId(device), nvml.nvmlDeviceGetComputeInstanceId(device))
        same("IsMigDeviceHandle", nvml.nvmlDeviceIsMigDeviceHandle(device).value, 1)
        parent = nvml.nvmlDeviceGetDeviceHandleFromMigDeviceHandle(device)
        same("parent of the MIG device", address(parent), address(self.device))
        uuid = nvml.nvmlDeviceGetUUID(device)
        self.checks.true(uuid.startswith("MIG-") and len(uuid) == 40, f"MIG UUID {uuid}")
        same(f"UUID of {key} over its life", uuid, self.uuids.setdefault(key, uuid))
        found = nvml.nvmlDeviceGetHandleByUUID(uuid)
        same("MIG device found by UUID", address(found), address(device))
        instance = self.gpu.live.get(key[0])
        if instance and key[1] in instance.compute:
            self._mig_numbers(device, instance, instance.compute[key[1]])
        return key

    def _mig_numbers(self, device, instance, compute):
        same, gi = self.checks.equal, instance.profile
        attributes = self.nvml.nvmlDeviceGetAttributes_v2(device)
        whole = compute.profile.slices == gi.slices
        same("attributes: SMs", attributes.multiprocessorCount,
             gi.sm if whole else sm_of_slices(self.gpu.board, compute.profile.slices))
        same("attributes: slices",
             (attributes.gpuInstanceSliceCount, attributes.computeInstanceSliceCount),
             (gi.slices, compute.profile.slices))
        same("attributes: memory", attributes.memorySizeMB, gi.memory)
        for name, want in (("CopyEngine", gi.ce), ("Decoder", gi.dec), ("Encoder", gi.enc),
                           ("Jpeg", gi.jpg), ("Ofa", gi.ofa)):
            same(f"attributes: {name}", getattr(attributes, f"shared{name}Count"), want)
        memory = self.nvml.nvmlDeviceGetMemoryInfo(device)
        if gi.memory is not None:
            same("memory total of a MIG device", memory.total, gi.memory << 20)
        self.checks.true(memory.used + memory.free <= memory.total, "used + free <= total")
        name = gi.name if whole else f"{compute.profile.slices}c.{gi.name}"
        same("name of a MIG device", self.nvml.nvmlDeviceGetName(device),
             f"{self.gpu.board.name} MIG {name}")


def sm_of_slices(board, slices):
    """SMs of a partial compute instance: those of the plain GPU instance of that many slices."""
    return next((p.sm for p in board.profiles if p.slices == slices and p.enum < 7), None)

"""nvidia-ml-py with every call counted, and the few entry points it has no wrapper for.

Nothing of nvidia-ml-py is replaced: `Nvml` forwards to it. The raw calls reach what old clients
still use (the 16-byte process entries, the unversioned structs) through nvidia-ml-py's own loader.
"""

import collections
import ctypes

import pynvml

POISON = 0x5A


class GpuInstanceProfileInfoV3(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint) for name in (
        "version", "id", "sliceCount", "instanceCount", "multiprocessorCount", "copyEngineCount",
        "decoderCount", "encoderCount", "jpegCount", "ofaCount")] + [
            ("memorySizeMB", ctypes.c_ulonglong), ("name", ctypes.c_char * 96),
            ("capabilities", ctypes.c_uint)]


class ComputeInstanceProfileInfoV3(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint) for name in (
        "version", "id", "sliceCount", "instanceCount", "multiprocessorCount",
        "sharedCopyEngineCount", "sharedDecoderCount", "sharedEncoderCount", "sharedJpegCount",
        "sharedOfaCount")] + [("name", ctypes.c_char * 96), ("capabilities", ctypes.c_uint)]


class ProcessInfoV1(ctypes.Structure):
    _fields_ = [("pid", ctypes.c_uint), ("usedGpuMemory", ctypes.c_ulonglong)]


def struct_version(structure, number):
    """NVML's version word: size of the structure, and its number in the top byte."""
    return ctypes.sizeof(structure) | number << 24


def address(handle):
    """A handle as a number, to compare two of them."""
    return ctypes.cast(handle, ctypes.c_void_p).value


class Nvml:
    """nvml.nvmlX(...) raises as in nvidia-ml-py; nvml.code("nvmlX", ...) returns the code."""

    def __init__(self):
        self.calls = collections.Counter()

    def __getattr__(self, name):
        if not name.startswith("nvml"):
            raise AttributeError(name)
        function = getattr(pynvml, name)
        if not callable(function) or isinstance(function, type):
            return function

        def counted(*arguments, **named):
            self.calls[name] += 1
            return function(*arguments, **named)

        return counted

    def code(self, name, *arguments, **named):
        """The NVML code of a call, and its result where the code is 0."""
        try:
            return 0, getattr(self, name)(*arguments, **named)
        except pynvml.NVMLError as error:
            return error.value, None

    def raw(self, symbol, *arguments):
        """A symbol called as it is; returns the NVML code."""
        self.calls[symbol] += 1
        return pynvml._nvmlGetFunctionPointer(symbol)(*arguments)

    # ---- lists, in the two-step way of the API ------------------------------------------------

    def gpu_instances(self, device, profile):
        """Handles of the live instances of one profile."""
        count = ctypes.c_uint()
        handles = (pynvml.c_nvmlGpuInstance_t * max(profile.max, 1))()
        self.nvmlDeviceGetGpuInstances(device, profile.id, handles, ctypes.byref(count))
        return handles[:count.value]

    def compute_instances(self, gpu_instance, profile_id):
        count = ctypes.c_uint()
        handles = (pynvml.c_nvmlComputeInstance_t * 8)()
        self.nvmlGpuInstanceGetComputeInstances(gpu_instance, profile_id, handles,
                                                ctypes.byref(count))
        return handles[:count.value]

    def placements(self, device, profile_id):
        """[(start, size)]: first the count alone, then that many."""
        function = "nvmlDeviceGetGpuInstancePossiblePlacements"
        return self._placements(function, pynvml.c_nvmlGpuInstancePlacement_t, device, profile_id)

    def compute_placements(self, gpu_instance, profile_id):
        function = "nvmlGpuInstanceGetComputeInstancePossiblePlacements"
        return self._placements(function, pynvml.c_nvmlComputeInstancePlacement_t, gpu_instance,
                                profile_id)

    def _placements(self, function, entry, owner, profile_id):
        count = ctypes.c_uint()
        getattr(self, function)(owner, profile_id, None, ctypes.byref(count))
        entries = (entry * count.value)()
        getattr(self, function)(owner, profile_id, entries, ctypes.byref(count))
        return [(e.start, e.size) for e in entries[:count.value]]

    # ---- what nvidia-ml-py has no wrapper for -------------------------------------------------

    def gpu_profile_v3(self, device, enum):
        info = GpuInstanceProfileInfoV3()
        info.version = struct_version(info, 3)
        code = self.raw("nvmlDeviceGetGpuInstanceProfileInfoV", device, enum, ctypes.byref(info))
        return code, info

    def compute_profile_v3(self, gpu_instance, enum):
        info = ComputeInstanceProfileInfoV3()
        info.version = struct_version(info, 3)
        code = self.raw("nvmlGpuInstanceGetComputeInstanceProfileInfoV", gpu_instance, enum, 0,
                        ctypes.byref(info))
        return code, info

    def processes_v1(self, device, room=4):
        """The 16-byte entries, and whether the call kept inside its buffer."""
        guarded = (ProcessInfoV1 * (2 * room))()
        ctypes.memset(guarded, POISON, ctypes.sizeof(guarded))
        count = ctypes.c_uint(room)
        code = self.raw("nvmlDeviceGetComputeRunningProcesses", device, ctypes.byref(count),
                        guarded)
        used = min(count.value, room) * ctypes.sizeof(ProcessInfoV1)
        untouched = set(bytes(guarded)[used:]) <= {POISON}
        return code, list(guarded[:min(count.value, room)]), untouched

    def field_values(self, device, fields):
        """[(field, its own NVML code, entry)], from a buffer whose codes were poisoned before."""
        values = (pynvml.c_nvmlFieldValue_t * len(fields))()
        for value, field in zip(values, fields):
            value.fieldId = field
            value.nvmlReturn = 0xDEAD
        code = self.raw("nvmlDeviceGetFieldValues", device, len(fields), values)
        return code, [(v.fieldId, v.nvmlReturn, v) for v in values]

"""What a board says of itself whatever its state: profiles in all struct versions, placements."""

import ctypes

import pynvml

from model import INVALID_ARGUMENT, NOT_SUPPORTED, SUCCESS
from nvml import address, struct_version
from state import sm_of_slices

VERSION_MISMATCH = 25
ENUMS = pynvml.NVML_GPU_INSTANCE_PROFILE_COUNT
COMPUTE_ENUMS = pynvml.NVML_COMPUTE_INSTANCE_PROFILE_COUNT
P2P, GFX = 1, 2  # capabilities of the v3 profile info


def check_board(nvml, checks, device, board, index):
    """Identity, MIG mode, and every GPU instance profile enum 0..17."""
    same = checks.equal
    same("name", nvml.nvmlDeviceGetName(device), board.name)
    same("MIG mode", nvml.nvmlDeviceGetMigMode(device), [1, 1])
    same("IsMigDeviceHandle", nvml.nvmlDeviceIsMigDeviceHandle(device).value, 0)
    same("index", nvml.nvmlDeviceGetIndex(device), index)
    for lookup, key in (("nvmlDeviceGetHandleByUUID", nvml.nvmlDeviceGetUUID(device)),
                        ("nvmlDeviceGetHandleByPciBusId", nvml.nvmlDeviceGetPciInfo(device).busId)):
        same(f"{lookup}({key})", address(getattr(nvml, lookup)(key)), address(device))
    for enum in range(ENUMS):
        profile = board.by_enum(enum)
        if profile is None:
            _absent_profile(nvml, checks, device, enum)
        else:
            _profile(nvml, checks, device, profile)
    for enum in (ENUMS, ENUMS + 1, 0xFFFFFFFF):
        code, _ = nvml.code("nvmlDeviceGetGpuInstanceProfileInfo", device, enum)
        checks.code(f"profile enum {enum}", code, INVALID_ARGUMENT)
    _unknown_ids(nvml, checks, device, board)


def _absent_profile(nvml, checks, device, enum):
    for version in (1, 2):
        code, _ = nvml.code("nvmlDeviceGetGpuInstanceProfileInfo", device, enum, version=version)
        checks.code(f"profile enum {enum} (v{version}), not on this board", code, NOT_SUPPORTED)
    code, _ = nvml.gpu_profile_v3(device, enum)
    checks.code(f"profile enum {enum} (v3), not on this board", code, NOT_SUPPORTED)


def _profile(nvml, checks, device, profile):
    one = nvml.nvmlDeviceGetGpuInstanceProfileInfo(device, profile.enum, version=1)
    two = nvml.nvmlDeviceGetGpuInstanceProfileInfo(device, profile.enum)
    by_id = nvml.nvmlDeviceGetGpuInstanceProfileInfoById(device, profile.id)
    code, three = nvml.gpu_profile_v3(device, profile.enum)
    checks.code(f"{profile.name} (v3)", code, SUCCESS)
    for label, info in (("v1", one), ("v2", two), ("by id", by_id), ("v3", three)):
        for field, want in (
                ("id", profile.id), ("sliceCount", profile.slices), ("instanceCount", profile.max),
                ("multiprocessorCount", profile.sm), ("copyEngineCount", profile.ce),
                ("decoderCount", profile.dec), ("encoderCount", profile.enc),
                ("jpegCount", profile.jpg), ("ofaCount", profile.ofa),
                ("memorySizeMB", profile.memory)):
            checks.equal(f"{profile.name} ({label}) {field}", getattr(info, field), want)
    for label, info in (("v1", one), ("v2", two), ("by id", by_id)):
        checks.equal(f"{profile.name} ({label}) P2P", info.isP2pSupported, 0)
    for label, info in (("v2", two), ("by id", by_id), ("v3", three)):
        name = info.name.decode() if isinstance(info.name, bytes) else info.name
        checks.equal(f"{profile.name} ({label}) name", name, f"MIG {profile.name}")
    checks.equal(f"{profile.name} capabilities", three.capabilities, GFX if profile.graphics else 0)
    checks.equal(f"{profile.name} placements", nvml.placements(device, profile.id),
                 [(start, profile.size) for start in profile.starts])


def _unknown_ids(nvml, checks, device, board):
    count = ctypes.c_uint()
    for unknown in (99, 1000, 0xFFFFFFFF):
        for call, arguments in (
                ("nvmlDeviceGetGpuInstancePossiblePlacements", (None, ctypes.byref(count))),
                ("nvmlDeviceGetGpuInstanceRemainingCapacity", ()),
                ("nvmlDeviceGetGpuInstanceProfileInfoById", ()),
                ("nvmlDeviceGetGpuInstances",
                 ((pynvml.c_nvmlGpuInstance_t * 8)(), ctypes.byref(count)))):
            code, _ = nvml.code(call, device, unknown, *arguments)
            checks.code(f"{call}(id {unknown})", code, INVALID_ARGUMENT, NOT_SUPPORTED)
        code, _ = nvml.code("nvmlDeviceCreateGpuInstance", device, unknown)
        checks.code(f"create of profile id {unknown}", code, INVALID_ARGUMENT)
    known = pynvml.c_nvmlGpuInstanceProfileInfo_v2_t()
    for version in (0, 1, struct_version(known, 7), known.version ^ 4):
        known.version = version
        code = nvml.raw("nvmlDeviceGetGpuInstanceProfileInfoV", device, board.profiles[0].enum,
                        ctypes.byref(known))
        # The header's list for this call has only INVALID_ARGUMENT; its struct chapter says 25.
        checks.code(f"struct version {version:#x}", code, VERSION_MISMATCH, INVALID_ARGUMENT)


def check_compute_profiles(nvml, checks, handle, gpu, instance):
    """Every compute instance profile enum 0..8 of one live GPU instance, in all struct versions."""
    known = {profile.id: profile for profile in gpu.compute_profiles(instance)}
    for enum in range(COMPUTE_ENUMS):
        if enum in known:
            _compute_profile(nvml, checks, handle, gpu, instance, known[enum])
        elif _recorded_absent(gpu.board, instance.profile, enum):
            code, _ = nvml.code("nvmlGpuInstanceGetComputeInstanceProfileInfo", handle, enum, 0)
            checks.code(f"CI profile {enum} in {instance.profile.name}", code, NOT_SUPPORTED)
    for enum in (COMPUTE_ENUMS, 0xFFFFFFFF):
        code, _ = nvml.code("nvmlGpuInstanceGetComputeInstanceProfileInfo", handle, enum, 0)
        checks.code(f"CI profile enum {enum}", code, INVALID_ARGUMENT)
    code, _ = nvml.code("nvmlGpuInstanceGetComputeInstanceProfileInfo", handle, 0, 1)
    checks.code("engine profile 1", code, INVALID_ARGUMENT, NOT_SUPPORTED)


def _recorded_absent(board, gpu_profile, enum):
    """Only profiles with more slices than the instance has are certain to be absent."""
    slices = {0: 1, 1: 2, 2: 3, 3: 4, 4: 7, 5: 8, 6: 6}
    return enum in slices and slices[enum] > gpu_profile.slices and board.slices <= 7


def _compute_profile(nvml, checks, handle, gpu, instance, profile):
    gi = instance.profile
    whole = profile.slices == gi.slices
    name = f"MIG {gi.name}" if whole else f"MIG {profile.slices}c.{gi.name}"
    call = nvml.nvmlGpuInstanceGetComputeInstanceProfileInfo
    one, two = call(handle, profile.id, 0, version=1), call(handle, profile.id, 0)
    code, three = nvml.compute_profile_v3(handle, profile.id)
    checks.code(f"{name} (v3)", code, SUCCESS)
    for label, info in (("v1", one), ("v2", two), ("v3", three)):
        for field, want in (
                ("id", profile.id), ("sliceCount", profile.slices), ("instanceCount", profile.max),
                ("multiprocessorCount",
                 gi.sm if whole else sm_of_slices(gpu.board, profile.slices)),
                ("sharedCopyEngineCount", gi.ce), ("sharedDecoderCount", gi.dec),
                ("sharedEncoderCount", gi.enc), ("sharedJpegCount", gi.jpg),
                ("sharedOfaCount", gi.ofa)):
            checks.equal(f"{name} in GI ({label}) {field}", getattr(info, field), want)
    for label, info in (("v2", two), ("v3", three)):
        text = info.name.decode() if isinstance(info.name, bytes) else info.name
        checks.equal(f"CI name ({label})", text, name)

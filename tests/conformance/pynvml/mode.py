"""MIG mode: what is refused while it is off, how it comes on, and what Init and Shutdown count."""

import ctypes

import pynvml

from model import IN_USE, INVALID_ARGUMENT, NOT_SUPPORTED, SUCCESS
from nvml import Nvml
from state import NOT_FOUND

UNINITIALIZED = 1
RESET_REQUIRED = 16
PROFILE = 19  # of both boards of this node


def check_mode_off(nvml, checks, device, profile):
    """Placements and profiles are told anyway; everything that needs instances is NOT_SUPPORTED."""
    checks.equal("MIG mode", nvml.nvmlDeviceGetMigMode(device), [0, 0])
    checks.equal("max MIG devices", nvml.nvmlDeviceGetMaxMigDeviceCount(device), 0)
    checks.equal("placements while off", nvml.placements(device, profile.id),
                 [(start, profile.size) for start in profile.starts])
    info = nvml.nvmlDeviceGetGpuInstanceProfileInfo(device, profile.enum)
    checks.equal("profile id while off", info.id, profile.id)
    count, room = ctypes.c_uint(), (pynvml.c_nvmlGpuInstance_t * 8)()
    where = pynvml.c_nvmlGpuInstancePlacement_t(0, 1)
    for call, arguments in (
            ("nvmlDeviceCreateGpuInstance", (profile.id,)),
            ("nvmlDeviceCreateGpuInstanceWithPlacement", (profile.id, ctypes.byref(where))),
            ("nvmlDeviceGetGpuInstanceRemainingCapacity", (profile.id,)),
            ("nvmlDeviceGetGpuInstances", (profile.id, room, ctypes.byref(count))),
            ("nvmlDeviceGetGpuInstanceById", (7,))):
        checks.code(f"{call} while off", nvml.code(call, device, *arguments)[0], NOT_SUPPORTED)
    code, _ = nvml.code("nvmlDeviceGetMigDeviceHandleByIndex", device, 0)
    checks.code("MIG device 0 while off", code, NOT_FOUND, NOT_SUPPORTED)
    for mode in (2, 0xFFFFFFFF):
        code, _ = nvml.code("nvmlDeviceSetMigMode", device, mode)
        checks.code(f"SetMigMode({mode})", code, INVALID_ARGUMENT)


def check_switching(nvml, checks, device, index, profile, board, node):
    """Hopper and later switch at once; Ampere waits for a reset. Instances keep the mode on."""
    ampere = board.architecture == "ampere"
    status = nvml.nvmlDeviceSetMigMode(device, 1)
    checks.equal("activation status", status, RESET_REQUIRED if ampere else SUCCESS)
    checks.equal("mode asked for", nvml.nvmlDeviceGetMigMode(device), [0, 1] if ampere else [1, 1])
    if ampere:
        code, _ = nvml.code("nvmlDeviceCreateGpuInstance", device, profile.id)
        checks.code("create before the reset", code, NOT_SUPPORTED)
        node.run("smi", "-r", "-i", index)
        checks.equal("mode after the reset", nvml.nvmlDeviceGetMigMode(device), [1, 1])
    instance = nvml.nvmlDeviceCreateGpuInstance(device, profile.id)
    code, status = nvml.code("nvmlDeviceSetMigMode", device, 0)
    refused = status if code == SUCCESS else code
    checks.code("disable with a live GPU instance", refused, IN_USE)
    checks.equal("mode after that", nvml.nvmlDeviceGetMigMode(device)[0], 1)
    nvml.nvmlGpuInstanceDestroy(instance)
    nvml.nvmlDeviceSetMigMode(device, 0)
    if ampere:
        node.run("smi", "-r", "-i", index)
    checks.equal("mode at the end", nvml.nvmlDeviceGetMigMode(device), [0, 0])


def check_refcount(checks):
    """Init nests; only the last Shutdown closes. Calls outside of it are UNINITIALIZED."""
    nvml = Nvml()
    checks.at("init and shutdown")
    checks.code("count before init", nvml.code("nvmlDeviceGetCount")[0], UNINITIALIZED)
    nvml.nvmlInit()
    nvml.nvmlInitWithFlags(0xF00D)
    nvml.nvmlShutdown()
    checks.code("count after the inner shutdown", nvml.code("nvmlDeviceGetCount")[0], SUCCESS)
    nvml.nvmlShutdown()
    checks.code("count after the last shutdown", nvml.code("nvmlDeviceGetCount")[0], UNINITIALIZED)
    checks.code("one shutdown too many", nvml.code("nvmlShutdown")[0], UNINITIALIZED)
    return nvml.calls


def check_system(nvml, checks):
    driver, library = nvml.nvmlSystemGetDriverVersion(), nvml.nvmlSystemGetNVMLVersion()
    parts = driver.split(".")
    checks.true(all(part.isdigit() for part in parts) and len(parts) in (2, 3),
                f"driver version {driver}")
    checks.true(int(library.split(".")[0]) >= 11, f"NVML version {library}")
    checks.true(nvml.nvmlSystemGetCudaDriverVersion() >= 11000, "CUDA version")
    checks.code("device past the last", nvml.code("nvmlDeviceGetHandleByIndex", 99)[0],
                INVALID_ARGUMENT)
    for lookup, key in (("nvmlDeviceGetHandleByUUID", "GPU-00000000-0000-0000-0000-000000000000"),
                        ("nvmlDeviceGetHandleByUUID", "MIG-00000000-0000-0000-0000-000000000000"),
                        ("nvmlDeviceGetHandleByPciBusId", "00000000:FE:1F.0")):
        checks.code(f"{lookup}({key})", nvml.code(lookup, key)[0], NOT_FOUND)

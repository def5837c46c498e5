"""Faults that `septet sim fault` raises, as an unmodified client meets them: the refusals of R8."""

import ctypes

import pynvml

from model import IN_USE, SUCCESS

NO_PERMISSION = 4
GPU_IS_LOST = 15
UNKNOWN = 999


def check_faults(nvml, checks, driver, index, node):
    for check in (_denied, _nth_call, _in_use, _lost):
        check(nvml, checks, driver, index, node)
        node.run("sim", "fault", "clear")
        driver.compare()


def _denied(nvml, checks, driver, index, node):
    """Without the capability of mig/config: every change is refused, every look allowed."""
    profile = driver.gpu.board.profiles[0]
    instance = driver.create(profile.id)
    compute_profile = next(p for p in driver.gpu.compute_profiles(instance) if p.default)
    driver.create_compute(instance, compute_profile)
    handle = driver.handles[instance.id]
    compute = nvml.nvmlGpuInstanceGetComputeInstanceById(handle, 0)
    where = pynvml.c_nvmlGpuInstancePlacement_t(profile.starts[0], profile.size)
    node.run("sim", "fault", "denied", "--gpu", index)
    for call, arguments in (
            ("nvmlDeviceCreateGpuInstance", (driver.device, profile.id)),
            ("nvmlDeviceCreateGpuInstanceWithPlacement",
             (driver.device, profile.id, ctypes.byref(where))),
            ("nvmlGpuInstanceCreateComputeInstance", (handle, compute_profile.id)),
            ("nvmlComputeInstanceDestroy", (compute,)),
            ("nvmlGpuInstanceDestroy", (handle,)),
            ("nvmlDeviceSetMigMode", (driver.device, 0))):
        checks.code(f"{call} without permission", nvml.code(call, *arguments)[0], NO_PERMISSION)
    code, _ = nvml.code("nvmlGpuInstanceGetInfo", handle)
    checks.code("GetInfo without permission", code, SUCCESS)
    checks.equal("mode without permission", nvml.nvmlDeviceGetMigMode(driver.device), [1, 1])
    node.run("sim", "fault", "clear")
    driver.clear()


def _nth_call(nvml, checks, driver, index, node):
    """The second create fails once, as told, and changes nothing."""
    profile = driver.gpu.board.profiles[0]
    node.run("sim", "fault", "call", "nvmlDeviceCreateGpuInstance", "--code", UNKNOWN, "--nth", 2,
             "--gpu", index)
    driver.create(profile.id)
    code, _ = nvml.code("nvmlDeviceCreateGpuInstance", driver.device, profile.id)
    checks.code("the call that was told to fail", code, UNKNOWN)
    driver.create(profile.id)
    driver.clear()


def _in_use(nvml, checks, driver, index, node):
    """A client that holds the whole GPU (Xorg, say) blocks the first instance and the mode."""
    pid = node.hold_gpu(index)
    code, _ = nvml.code("nvmlDeviceCreateGpuInstance", driver.device,
                        driver.gpu.board.profiles[0].id)
    checks.code("create on a GPU in use", code, IN_USE)
    code, status = nvml.code("nvmlDeviceSetMigMode", driver.device, 0)
    checks.code("mode change of a GPU in use", status if code == SUCCESS else code, IN_USE)
    node.stop_process(pid)
    if nvml.nvmlDeviceGetMigMode(driver.device) != [1, 1]:  # the request is pending: take it back
        nvml.nvmlDeviceSetMigMode(driver.device, 1)
    checks.equal("mode after that", nvml.nvmlDeviceGetMigMode(driver.device), [1, 1])


def _lost(nvml, checks, driver, index, node):
    node.run("sim", "fault", "lost", "--gpu", index)
    for call, arguments in (("nvmlDeviceGetMigMode", ()), ("nvmlDeviceGetMemoryInfo", ()),
                            ("nvmlDeviceCreateGpuInstance", (driver.gpu.board.profiles[0].id,))):
        code, _ = nvml.code(call, driver.device, *arguments)
        checks.code(f"{call} of a lost GPU", code, GPU_IS_LOST)
    node.run("sim", "fault", "lost", "--gpu", index, "--back")

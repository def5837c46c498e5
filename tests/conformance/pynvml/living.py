"""What happens while instances live: events across processes, workloads, field values."""

import subprocess
import sys
import threading
import time

import pynvml

from model import IN_USE, SUCCESS
from nvml import address

TIMEOUT = 10
ANY = 0xFFFFFFFF  # gpu / compute instance id of an event of the whole GPU
XID = pynvml.nvmlEventTypeXidCriticalError
HEALTH_EVENTS = 0xB  # Xid, single and double bit ECC: what the Kubernetes device plugin registers


def check_events(nvml, checks, device, index, gi, node):
    """EventSetWait sleeps; an Xid raised by another process wakes every process that registered."""
    supported = nvml.nvmlDeviceGetSupportedEventTypes(device)
    checks.equal("supported events have the health ones", supported & HEALTH_EVENTS, HEALTH_EVENTS)
    events = nvml.nvmlEventSetCreate()
    nvml.nvmlDeviceRegisterEvents(device, HEALTH_EVENTS, events)
    _check_sleeps(nvml, checks, events)
    for label, arguments, want in (
            ("whole GPU", (79, index), (79, ANY, ANY)),
            ("one instance", (94, index, gi, 0), (94, gi, 0))):
        witness = _witness(device, nvml)
        raiser = threading.Timer(0.3, node.xid, arguments)
        raiser.start()
        began = time.monotonic()
        code, data = nvml.code("nvmlEventSetWait_v2", events, 10000)
        waited = time.monotonic() - began
        raiser.join()
        checks.code(f"wait for an Xid ({label})", code, SUCCESS)
        checks.true(0.25 < waited < 9, f"woken after {waited:.2f} s by an Xid raised after 0.3 s")
        if code == SUCCESS:
            got = (data.eventData, data.gpuInstanceId, data.computeInstanceId)
            checks.equal(f"Xid event ({label})", got, want)
            checks.equal("event type", data.eventType, XID)
            checks.equal("event device", address(data.device), address(device))
        said = witness.communicate(timeout=20)[0].split()
        checks.equal(f"Xid event in another process ({label})", said, [str(n) for n in want])
    code, _ = nvml.code("nvmlEventSetWait_v2", events, 50)
    checks.code("wait after every event was read", code, TIMEOUT)
    nvml.nvmlEventSetFree(events)


def _check_sleeps(nvml, checks, events):
    began, busy = time.monotonic(), time.process_time()
    code, _ = nvml.code("nvmlEventSetWait_v2", events, 400)
    waited, busy = time.monotonic() - began, time.process_time() - busy
    checks.code("wait with no event", code, TIMEOUT)
    checks.true(0.35 < waited < 3, f"a wait of 0.4 s took {waited:.2f} s")
    checks.true(busy < 0.1, f"a wait of 0.4 s burned {busy:.2f} s of CPU")


_WITNESS = """
import sys, pynvml
pynvml.nvmlInit()
events = pynvml.nvmlEventSetCreate()
pynvml.nvmlDeviceRegisterEvents(pynvml.nvmlDeviceGetHandleByUUID(sys.argv[1]), 8, events)
print("ready", flush=True)
data = pynvml.nvmlEventSetWait_v2(events, 15000)
print(data.eventData, data.gpuInstanceId, data.computeInstanceId)
"""


def _witness(device, nvml):
    """Another process that has registered for Xids of the device and waits for one."""
    process = subprocess.Popen([sys.executable, "-c", _WITNESS, nvml.nvmlDeviceGetUUID(device)],
                               stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    return process


def check_processes(nvml, checks, driver, index, node):
    """A workload on an instance: seen in every struct version; the instance cannot be removed."""
    instance = driver.create(driver.gpu.board.profiles[0].id)
    profile = next(p for p in driver.gpu.compute_profiles(instance) if p.default)
    driver.create_compute(instance, profile)
    mig = nvml.nvmlDeviceGetMigDeviceHandleByIndex(driver.device, 0)
    before = nvml.nvmlDeviceGetMemoryInfo(mig).used
    pid = node.start_process(index, instance.id, memory=1024, sm=60)
    try:
        for label, handle in (("GPU", driver.device), ("MIG device", mig)):
            _check_process_lists(nvml, checks, handle, label, (pid, instance.id, 0))
        used = nvml.nvmlDeviceGetMemoryInfo(mig).used - before
        checks.true(used >= 1024 << 20, f"memory used grew by {used} bytes for a 1024 MiB process")
        compute = nvml.nvmlGpuInstanceGetComputeInstanceById(driver.handles[instance.id], 0)
        for call, handle in (("nvmlComputeInstanceDestroy", compute),
                             ("nvmlGpuInstanceDestroy", driver.handles[instance.id])):
            code, _ = nvml.code(call, handle)
            checks.code(f"{call} with a process on it", code, IN_USE)
        driver.compare()
    finally:
        node.stop_process(pid)
    checks.equal("processes after the stop",
                 nvml.nvmlDeviceGetComputeRunningProcesses(driver.device), [])
    driver.clear()


def _check_process_lists(nvml, checks, handle, label, want):
    for version in ("_v2", "_v3"):
        call = f"nvmlDeviceGetComputeRunningProcesses{version}"
        found = [(p.pid, p.gpuInstanceId, p.computeInstanceId) for p in getattr(nvml, call)(handle)]
        checks.equal(f"{call} of the {label}", found, [want])
        memory = [p.usedGpuMemory for p in getattr(nvml, call)(handle)]
        checks.equal(f"{call} of the {label}: memory", memory, [1024 << 20])
        graphics = getattr(nvml, f"nvmlDeviceGetGraphicsRunningProcesses{version}")(handle)
        checks.equal(f"graphics processes{version} of the {label}", graphics, [])
    code, entries, untouched = nvml.processes_v1(handle)
    checks.code("running processes v1", code, SUCCESS)
    checks.equal(f"running processes v1 of the {label}",
                 [(e.pid, e.usedGpuMemory) for e in entries], [(want[0], 1024 << 20)])
    checks.true(untouched, "v1 running processes wrote past 16-byte entries")
    checks.equal("process name", nvml.code("nvmlSystemGetProcessName", want[0])[0], SUCCESS)


def check_field_values(nvml, checks, device):
    """Every entry gets a code of its own, whatever its neighbors get."""
    known = [getattr(pynvml, name) for name in (
        "NVML_FI_DEV_ECC_CURRENT", "NVML_FI_DEV_TOTAL_ENERGY_CONSUMPTION",
        "NVML_FI_DEV_MEMORY_TEMP", "NVML_FI_DEV_POWER_INSTANT", "NVML_FI_DEV_PCIE_REPLAY_COUNTER",
        "NVML_FI_DEV_RETIRED_PENDING", "NVML_FI_DEV_NVLINK_LINK_COUNT")]
    every = sorted({value for name, value in vars(pynvml).items()
                    if name.startswith("NVML_FI_DEV_") and isinstance(value, int)})
    for label, fields in (("some", known), ("with unknown ones", [*known[:2], 100000, known[2], 0]),
                          ("all", every), ("only unknown", [100000, 100001])):
        _, values = nvml.field_values(device, fields)
        codes = [code for _, code, _ in values]
        checks.equal(f"fields back ({label})", [field for field, _, _ in values], list(fields))
        checks.true(0xDEAD not in codes, f"every entry has its nvmlReturn ({label})")
        for field, code, _ in values:
            if field >= 100000:
                checks.true(code != SUCCESS, f"unknown field {field} answers success")
    answered = nvml.nvmlDeviceGetFieldValues(device, known[:2])
    checks.true(any(v.nvmlReturn == SUCCESS for v in answered), "no field of the node is answered")


def check_telemetry(nvml, checks, device, board):
    """Numbers that monitors draw: present and within what such a board can show."""
    temperature = nvml.nvmlDeviceGetTemperature(device, pynvml.NVML_TEMPERATURE_GPU)
    checks.true(15 <= temperature <= 100, f"temperature {temperature}")
    power = nvml.nvmlDeviceGetPowerUsage(device)
    limit = nvml.nvmlDeviceGetEnforcedPowerLimit(device)
    checks.true(0 < power <= limit, f"power {power} mW of {limit}")
    memory = nvml.nvmlDeviceGetMemoryInfo(device)
    checks.equal("used + free", memory.used + memory.free <= memory.total, True)
    two = nvml.nvmlDeviceGetMemoryInfo(device, version=pynvml.nvmlMemory_v2)
    checks.equal("memory total in v2", two.total, memory.total)
    clock = nvml.nvmlDeviceGetClockInfo(device, pynvml.NVML_CLOCK_SM)
    checks.true(0 < clock < 4000, f"SM clock {clock}")
    code, supported = nvml.code("nvmlGpmQueryDeviceSupport", device)
    if code == SUCCESS:
        wanted = 0 if board.architecture == "ampere" else 1
        checks.equal("GPM supported", supported.isSupportedDevice, wanted)

"""The life of instances, call by call, and the code of every refusal."""

import ctypes
import random

import pynvml

from facts import check_compute_profiles
from model import IN_USE, INSUFFICIENT_RESOURCES, INVALID_ARGUMENT, NOT_SUPPORTED, SUCCESS
from state import NOT_FOUND, Observer

STALE = (INVALID_ARGUMENT, NOT_FOUND)  # a handle whose instance is gone


class Driver:
    """Makes the same call on the library and on the model, and compares what comes back."""

    def __init__(self, nvml, checks, device, gpu):
        self.nvml, self.checks, self.device, self.gpu = nvml, checks, device, gpu
        self.observer = Observer(nvml, checks, device, gpu)
        self.handles = {}  # GI id -> handle

    def compare(self):
        self.observer.compare()

    def create(self, profile_id, placement=None):
        """Returns the model's instance, or None when both refuse."""
        want, made = self.gpu.create(profile_id, placement)
        if placement is None:
            code, handle = self.nvml.code("nvmlDeviceCreateGpuInstance", self.device, profile_id)
        else:
            where = pynvml.c_nvmlGpuInstancePlacement_t(*placement)
            code, handle = self.nvml.code("nvmlDeviceCreateGpuInstanceWithPlacement", self.device,
                                          profile_id, ctypes.byref(where))
        self.checks.code(f"create {profile_id} at {placement or 'any'}", code, want)
        if code != SUCCESS or made is None:
            return None
        info = self.nvml.nvmlGpuInstanceGetInfo(handle)
        self.checks.equal(f"id and start of a new {made.profile.name}",
                          (info.id, info.placement.start), (made.id, made.start))
        self.handles[made.id] = handle
        return made

    def destroy(self, gi):
        want = self.gpu.destroy(gi)
        code, _ = self.nvml.code("nvmlGpuInstanceDestroy", self.handles[gi])
        self.checks.code(f"destroy GI {gi}", code, want)
        if want == SUCCESS:
            handle = self.handles.pop(gi)
            for call in ("nvmlGpuInstanceGetInfo", "nvmlGpuInstanceDestroy"):
                code, _ = self.nvml.code(call, handle)
                self.checks.code(f"{call} on a destroyed GI", code, *STALE)

    def create_compute(self, instance, profile, start=None):
        """start: where to place it, None for the driver's choice. True when it was made."""
        handle = self.handles[instance.id]
        if start is None:
            code, made = self.nvml.code("nvmlGpuInstanceCreateComputeInstance", handle, profile.id)
        else:
            where = pynvml.c_nvmlComputeInstancePlacement_t(start, profile.slices)
            code, made = self.nvml.code("nvmlGpuInstanceCreateComputeInstanceWithPlacement", handle,
                                        profile.id, ctypes.byref(where))
        wanted, predicted = self._compute_answer(instance, profile, start)
        self.checks.code(f"create CI {profile.id} in {instance.profile.name} at {start}", code,
                         *wanted)
        if code != SUCCESS:
            return False
        booked = self.gpu.add_compute(instance, profile, predicted)
        number = self.nvml.nvmlComputeInstanceGetInfo(made).id
        self.checks.equal("id of the new CI", number, booked.id)
        return True

    def _compute_answer(self, instance, profile, start):
        """(codes allowed, start predicted)."""
        free = self.gpu.compute_starts(instance, profile)
        if free is None:  # starts not recorded (7g): only an empty instance is certain
            return ((SUCCESS,) if not instance.compute else (SUCCESS, INSUFFICIENT_RESOURCES)), None
        if start is None:
            where = self.gpu.default_compute_start(instance, profile)
            return ((INSUFFICIENT_RESOURCES,) if where is None else (SUCCESS,)), where
        if start not in profile.starts:
            return (INVALID_ARGUMENT,), None
        # The kernel says IN_USE for a busy span, the header INSUFFICIENT_RESOURCES.
        return ((SUCCESS,) if start in free else (IN_USE, INSUFFICIENT_RESOURCES)), start

    def destroy_compute(self, instance, number):
        compute = self.nvml.nvmlGpuInstanceGetComputeInstanceById(self.handles[instance.id], number)
        code, _ = self.nvml.code("nvmlComputeInstanceDestroy", compute)
        self.checks.code(f"destroy CI {number} of GI {instance.id}", code, SUCCESS)
        del instance.compute[number]
        for call in ("nvmlComputeInstanceGetInfo", "nvmlComputeInstanceDestroy"):
            self.checks.code(f"{call} on a destroyed CI", self.nvml.code(call, compute)[0], *STALE)

    def clear(self):
        for instance in list(self.gpu.live.values()):
            for number in list(instance.compute):
                self.destroy_compute(instance, number)
            self.destroy(instance.id)


def check_every_profile(driver):
    """Each profile: fill the board with it, look, refuse one more, take down."""
    for profile in driver.gpu.board.profiles:
        while driver.gpu.capacity(profile):
            instance = driver.create(profile.id)
            if instance is None:
                break
            check_compute_profiles(driver.nvml, driver.checks, driver.handles[instance.id],
                                   driver.gpu, instance)
            default = next(p for p in driver.gpu.compute_profiles(instance) if p.default)
            driver.create_compute(instance, default)
        driver.compare()
        driver.create(profile.id)  # one too many
        for gi in list(driver.gpu.live):
            driver.destroy(gi)  # compute instances alive: refused
        driver.clear()
        for start in range(driver.gpu.board.units + 1):
            if driver.create(profile.id, (start, profile.size)) and start % 2:
                driver.compare()
            driver.clear()
        driver.create(profile.id, (profile.starts[0], profile.size + 1))  # not a listed placement


def check_partial_compute(driver):
    """Sub-instances: every compute profile alone, then until nothing fits, at every start."""
    for gi_profile in driver.gpu.board.profiles:
        instance = driver.create(gi_profile.id)
        for profile in driver.gpu.compute_profiles(instance):
            while driver.create_compute(instance, profile) and len(instance.compute) < 8:
                pass
            driver.compare()
            _clear_compute(driver, instance)
            for start in range(gi_profile.slices + 1) if profile.starts is not None else ():
                if driver.create_compute(instance, profile, start):
                    driver.create_compute(instance, profile, start)  # busy span
                    driver.compare()
                _clear_compute(driver, instance)
        _unsupported_compute(driver, instance)
        driver.clear()


def _clear_compute(driver, instance):
    for number in list(instance.compute):
        driver.destroy_compute(instance, number)


def _unsupported_compute(driver, instance):
    handle = driver.handles[instance.id]
    seven = pynvml.NVML_COMPUTE_INSTANCE_PROFILE_7_SLICE
    if instance.profile.slices < 7:
        code, _ = driver.nvml.code("nvmlGpuInstanceCreateComputeInstance", handle, seven)
        driver.checks.code("create of an unsupported CI profile", code, NOT_SUPPORTED)
        code, _ = driver.nvml.code("nvmlGpuInstanceGetComputeInstanceRemainingCapacity", handle,
                                   seven)
        driver.checks.code("capacity of an unsupported CI profile", code, NOT_SUPPORTED)
    code, _ = driver.nvml.code("nvmlGpuInstanceCreateComputeInstance", handle, 77)
    driver.checks.code("create of CI profile 77", code, INVALID_ARGUMENT, NOT_SUPPORTED)


def check_random(driver, seed, steps):
    """A random walk over legal and illegal calls; the whole state is compared now and then."""
    dice = random.Random(seed)
    for step in range(steps):
        driver.checks.at(f"{driver.gpu.board.product}, seed {seed}, step {step}")
        _random_step(driver, dice)
        if step % 25 == 24:
            driver.compare()
    driver.compare()
    driver.clear()
    driver.compare()


def _random_step(driver, dice):
    board, live = driver.gpu.board, list(driver.gpu.live.values())
    profile = dice.choice(board.profiles)
    instance = dice.choice(live) if live else None
    action = dice.randrange(10)
    if instance is None or action < 2:
        driver.create(profile.id)
    elif action < 4:
        driver.create(profile.id, (dice.randrange(board.units + 1), profile.size))
    elif action < 6:
        driver.create_compute(instance, dice.choice(driver.gpu.compute_profiles(instance)))
    elif action < 7:
        chosen = dice.choice(driver.gpu.compute_profiles(instance))
        if driver.gpu.predictable(instance):
            driver.create_compute(instance, chosen, dice.randrange(instance.profile.slices + 1))
    elif action < 9 and instance.compute:
        driver.destroy_compute(instance, dice.choice(list(instance.compute)))
    else:
        driver.destroy(instance.id)

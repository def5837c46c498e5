"""An independent model of one MIG GPU: where instances go, their ids, what still fits.

The rules, in the order they are applied (the driver's allocator is closed; these reproduce every
recorded sequence):
  * an instance may be added at a listed start whose units are free, within the media budgets;
  * without a placement it goes where the most (profile, start) pairs of the board stay possible,
    ties to the lowest start; the double-memory 1g takes 6 only when nothing else is free;
  * its id is that of a buddy tree over the physical slots; a rotated chip is shown half a turn off;
  * compute instances: first fit on Ampere, the same "most pairs" rule later; ids lowest free first.
"""

from dataclasses import dataclass, field

import boards

SUCCESS = 0
INVALID_ARGUMENT = 2
NOT_SUPPORTED = 3
IN_USE = 19
INSUFFICIENT_RESOURCES = 23


def _units(start, size):
    return frozenset(range(start, start + size))


@dataclass
class ComputeInstance:
    id: int
    profile: boards.ComputeProfile
    start: object  # None: not predicted


@dataclass
class GpuInstance:
    id: int
    profile: boards.Profile
    start: int
    compute: dict = field(default_factory=dict)  # id -> ComputeInstance

    @property
    def units(self):
        return _units(self.start, self.profile.size)


class Gpu:
    """MIG mode is on. Every method that changes something returns (NVML code, what was made)."""

    def __init__(self, board, rotated):
        self.board = board
        self.rotated = rotated
        self.live = {}  # GI id -> GpuInstance

    # ---- GPU instances -----------------------------------------------------------------------

    def budget_allows(self, profile):
        live = [instance.profile for instance in self.live.values()]
        if any(p.media == "+me.all" for p in live) and profile.media != "-me":
            return False
        if profile.media == "+me.all" and any(p.media != "-me" for p in live):
            return False
        return not (profile.media == "+me" and any(p.media == "+me" for p in live))

    def free_starts(self, profile):
        if not self.budget_allows(profile):
            return []
        taken = set().union(*(instance.units for instance in self.live.values()))
        return [s for s in profile.starts if not taken & _units(s, profile.size)]

    def capacity(self, profile):
        free = len(self.free_starts(profile))
        return min(free, 1) if profile.media in ("+me", "+me.all") else free

    def gpu_instance_id(self, profile, start):
        if profile.size == self.board.units:
            return 0
        # 1..2 half of the memory, 3..6 a quarter, 7..14 an eighth.
        base = {2: 1, 4: 3, 8: 7}[self.board.units // profile.size]
        physical = (start + self.board.units // 2) % self.board.units if self.rotated else start
        return base + physical // profile.size

    def _pairs_left(self, taken):
        return sum(
            not taken & _units(start, profile.size)
            for profile in self.board.profiles
            for start in profile.starts
        )

    def default_start(self, profile):
        """None when it fits nowhere."""
        free = self.free_starts(profile)
        if profile.double_memory:
            free = [start for start in free if start != 6] or free
        taken = frozenset().union(*(instance.units for instance in self.live.values()))
        return max(
            free,
            key=lambda start: (self._pairs_left(taken | _units(start, profile.size)), -start),
            default=None,
        )

    def create(self, profile_id, placement=None):
        """placement: (start, size), or None for the driver's choice."""
        profile = self.board.by_id(profile_id)
        if profile is None:
            return INVALID_ARGUMENT, None
        if placement is None:
            start = self.default_start(profile)
            if start is None:
                return INSUFFICIENT_RESOURCES, None
        else:
            start, size = placement
            if size != profile.size or start not in profile.starts:
                return INVALID_ARGUMENT, None
            if start not in self.free_starts(profile):
                return INSUFFICIENT_RESOURCES, None
        made = GpuInstance(self.gpu_instance_id(profile, start), profile, start)
        self.live[made.id] = made
        return SUCCESS, made

    def destroy(self, gi):
        if self.live[gi].compute:
            return IN_USE
        del self.live[gi]
        return SUCCESS

    # ---- compute instances -------------------------------------------------------------------

    def compute_profiles(self, instance):
        return boards.compute_profiles(self.board, instance.profile)

    def _free_compute(self, instance, taken):
        """(profile, start) pairs still possible; None if starts are not known for this instance."""
        pairs = []
        for profile in self.compute_profiles(instance):
            if profile.starts is None:
                return None
            pairs += [(profile, s) for s in profile.starts if not taken & _units(s, profile.slices)]
        return pairs

    @staticmethod
    def _taken(instance):
        if any(ci.start is None for ci in instance.compute.values()):
            return None
        return frozenset().union(
            *(_units(ci.start, ci.profile.slices) for ci in instance.compute.values()))

    def compute_starts(self, instance, profile):
        """Free starts of a compute profile; None when not predicted."""
        taken = self._taken(instance)
        if taken is None or profile.starts is None:
            return None
        return [s for s in profile.starts if not taken & _units(s, profile.slices)]

    def default_compute_start(self, instance, profile):
        """None when it fits nowhere. Only where starts are known (predictable())."""
        free = self.compute_starts(instance, profile)
        if self.board.architecture == "ampere" or len(free) < 2:
            return min(free, default=None)
        taken = self._taken(instance)

        def pairs_left(start):
            return len(self._free_compute(instance, taken | _units(start, profile.slices)))

        return max(free, key=lambda start: (pairs_left(start), -start))

    def predictable(self, instance):
        return self._free_compute(instance, frozenset()) is not None

    def compute_capacity(self, instance, profile):
        """How many disjoint ones still fit."""
        count, reach = 0, -1
        for start in self.compute_starts(instance, profile):
            if start > reach:
                count, reach = count + 1, start + profile.slices - 1
        return count

    def add_compute(self, instance, profile, start):
        """Books what the caller has seen succeed; the id is the lowest free one."""
        number = next(i for i in range(16) if i not in instance.compute)
        instance.compute[number] = ComputeInstance(number, profile, start)
        return instance.compute[number]

    def mig_devices(self):
        """(GI id, CI id) in MIG device order."""
        return [(gi, ci) for gi in sorted(self.live) for ci in sorted(self.live[gi].compute)]

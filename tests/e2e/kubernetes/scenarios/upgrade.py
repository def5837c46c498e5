"""From NVIDIA's plugin to septet's agent by swapping the DaemonSet, and back."""

from bench_of_scenarios import OFFERED
from watching import Undisturbed

FLAGS = {"MIG_STRATEGY": "mixed", "PASS_DEVICE_SPECS": "true"}
SMALL, LARGE = "nvidia.com/mig-1g.10gb", "nvidia.com/mig-3g.40gb"


def from_nvidias_plugin_under_running_pods(bench):
    bench.nvidia.install(**FLAGS)
    bench.cluster.wait_resources(OFFERED)
    bench.start_pod("old", {LARGE: 1})
    bench.start_pod("small", {SMALL: 1})
    old, small = Undisturbed(bench, "old"), Undisturbed(bench, "small")
    bench.nvidia.remove()
    bench.agent.install(**FLAGS)
    bench.cluster.wait_resources(OFFERED)
    taken = set(old.before.visible) | set(small.before.visible)
    seen = bench.start_pod("new", {SMALL: 1})
    assert not set(seen.visible) & taken, "a slice was given twice"
    bench.check_sees_only(seen, seen.visible[0])
    # The layout changes around pods that the other plugin placed.
    bench.agent.lay("day", [{"gpu": 1, "instances": ["3g.40gb:4",
                                                     {"profile": "1g.10gb", "count": 4}]}])
    bench.agent.wait_phase("day", "Applied")
    old.check()
    small.check()


def and_back(bench):
    bench.agent.install(**FLAGS)
    bench.cluster.wait_resources(OFFERED)
    bench.start_pod("kept", {LARGE: 1})
    kept = Undisturbed(bench, "kept")
    bench.agent.remove()
    bench.nvidia.install(**FLAGS)
    bench.cluster.wait_resources(OFFERED)
    kept.check()


SCENARIOS = [from_nvidias_plugin_under_running_pods, and_back]

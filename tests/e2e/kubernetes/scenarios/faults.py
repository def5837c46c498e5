"""Faults reach as far as they reach, and end."""

from bench_of_scenarios import OFFERED
from watching import Undisturbed

SPECS = {"MIG_STRATEGY": "mixed", "PASS_DEVICE_SPECS": "true"}
SMALL = "nvidia.com/mig-1g.10gb"


def xid_on_one_instance_and_recovery(bench):
    """Xid 94 (contained ECC error) on one of seven: kubelet counts six; the other pods go on, and
    when the one that was hit is gone and its slice quiet, there are seven again."""
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    hit = bench.start_pod("hit", {SMALL: 1})
    bench.start_pod("beside", {SMALL: 1})
    beside = Undisturbed(bench, "beside")
    slice_ = bench.gpus.slices()[hit.visible[0]]
    bench.gpus.xid(94, slice_["gpu"], slice_["gi"])
    bench.cluster.wait_resources({**OFFERED, SMALL: 6}, 20)
    def said():
        return [e for e in bench.cluster.events(100) if "Node/" in e and "94" in e]
    bench.cluster.wait(said, "an event on the Node that names the Xid", 20)
    beside.check()
    bench.cluster.delete_pod("hit")
    bench.cluster.wait_resources(OFFERED, 90)
    beside.check()


def ignored_xids_are_ignored(bench):
    """An application's own faults: NVIDIA's list."""
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    victim = next(iter(bench.gpus.slices().values()))
    for number in (13, 31, 43, 45, 68, 109):
        bench.gpus.xid(number, victim["gpu"], victim["gi"])
    bench.gpus.xid(94, 1)  # after them, so that when it is seen they were too
    bench.cluster.wait_resources({SMALL: 7}, 20)


def lost_gpu_and_back(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    bench.start_pod("other", {"nvidia.com/mig-3g.40gb": 1})
    other = Undisturbed(bench, "other")
    bench.gpus.run("sim", "fault", "lost", "--gpu", 0)
    bench.cluster.wait(lambda: SMALL not in bench.cluster.resources(), "GPU 0's slices to go", 30)
    other.check()
    bench.gpus.run("sim", "fault", "lost", "--gpu", 0, "--back")
    bench.cluster.wait_resources(OFFERED, 60)
    other.check()


SCENARIOS = [xid_on_one_instance_and_recovery, ignored_xids_are_ignored, lost_gpu_and_back]

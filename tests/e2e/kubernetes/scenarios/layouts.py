"""Layouts change on a node in use: by MigLayout, by mig-manager's label; nobody is disturbed."""

import time

from bench_of_scenarios import OFFERED
from own_machine import NODE
from watching import Undisturbed

SPECS = {"MIG_STRATEGY": "mixed", "PASS_DEVICE_SPECS": "true"}
SMALL, MIDDLE, LARGE = (f"nvidia.com/mig-{p}" for p in ("1g.10gb", "2g.20gb", "3g.40gb"))
GPUS_0_AND_1_AS_THEY_ARE = [{"gpu": 0, "instances": [{"profile": "1g.10gb", "count": 7}]},
                            {"gpu": 1, "instances": ["3g.40gb:4", "2g.20gb:0"]}]


def beside_a_running_pod_of_the_same_gpu(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    bench.start_pod("neighbour", {LARGE: 1})
    neighbour = Undisturbed(bench, "neighbour")
    bench.agent.lay("day", [{"gpu": 1, "instances": ["3g.40gb:4",
                                                     {"profile": "1g.10gb", "count": 4}]}])
    bench.agent.wait_phase("day", "Applied")
    bench.cluster.wait_resources({SMALL: 11, LARGE: 1})
    seen = bench.start_pod("new", {SMALL: 1})
    bench.check_sees_only(seen, seen.visible[0])
    neighbour.check()


def what_a_pod_holds_is_not_destroyed(bench):
    """The change waits, says for whom, and comes when the pod has gone."""
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    bench.start_pod("holder", {LARGE: 1})
    holder = Undisturbed(bench, "holder")
    bench.agent.lay("night", [{"gpu": 1, "instances": ["7g.80gb:0"]}])
    entry = bench.agent.wait_phase("night", "Blocked")
    told = str(entry)
    assert "default/holder" in told, f"who is in the way is not said: {told}"
    time.sleep(2)
    holder.check()
    bench.cluster.delete_pod("holder")
    bench.agent.wait_phase("night", "Applied")
    bench.cluster.wait_resources({SMALL: 7, "nvidia.com/mig-7g.80gb": 1})


def made_and_removed_by_hand(bench):
    """Instances that nobody asked the agent for: offered at once, and no longer than they are."""
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    bench.gpus.apply("gpus:\n- gpu: 2\n  instances: [\"3g.40gb:0\", \"1g.10gb:4\"]\n")
    bench.cluster.wait_resources({**OFFERED, LARGE: 2, SMALL: 8}, 10)
    bench.gpus.apply("gpus:\n- gpu: 2\n  instances: [\"1g.10gb:4\"]\n")
    bench.cluster.wait_resources({**OFFERED, SMALL: 8}, 10)


def impossible_layout_says_what_to_do(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    bench.agent.lay("wrong", [{"gpu": 2, "instances": [{"profile": "3g.40gb", "count": 3}]}])
    entry = bench.agent.wait_phase("wrong", "Failed")
    assert entry["lastError"], entry
    assert bench.cluster.resources() == OFFERED
    bench.agent.lay("wrong", [{"gpu": 2, "instances": [{"profile": "3g.40gb", "count": 2}]}])
    bench.agent.wait_phase("wrong", "Applied")
    bench.cluster.wait_resources({**OFFERED, LARGE: 3})


def by_node_pool(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    bench.cluster.api.merge(f"/api/v1/nodes/{NODE}", {"metadata": {"labels": {"pool": "a"}}})
    try:
        bench.agent.lay("pool-b", [{"gpu": 4, "instances": ["7g.80gb:0"]}],
                        nodeSelector={"matchLabels": {"pool": "b"}})
        bench.agent.lay("pool-a", [{"gpu": 5, "instances": ["7g.80gb:0"]}],
                        nodeSelector={"matchLabels": {"pool": "a"}})
        bench.agent.wait_phase("pool-a", "Applied")
        bench.cluster.wait_resources({**OFFERED, "nvidia.com/mig-7g.80gb": 1})
        assert bench.agent.layout_status("pool-b") is None
    finally:
        bench.cluster.api.merge(f"/api/v1/nodes/{NODE}", {"metadata": {"labels": {"pool": None}}})


def _wait_state(bench, state, patience_s=30):
    def reached():
        labels = bench.cluster.node()["metadata"]["labels"]
        return labels.get("nvidia.com/mig.config.state") == state
    try:
        bench.cluster.wait(reached, f"nvidia.com/mig.config.state={state}", patience_s)
    except TimeoutError as late:
        metadata = bench.cluster.node()["metadata"]
        raise TimeoutError(f"{late}; labels {metadata['labels']}, annotations "
                           f"{metadata.get('annotations')}") from late


def _ask(bench, configuration):
    bench.cluster.api.merge(f"/api/v1/nodes/{NODE}", {"metadata": {"labels": {
        "nvidia.com/mig.config": configuration}}})


def by_the_label_of_mig_manager(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    _ask(bench, "all-3g.40gb")
    _wait_state(bench, "success")
    bench.cluster.wait_resources({LARGE: 16})
    _ask(bench, "all-1g.10gb")
    _wait_state(bench, "success")
    bench.cluster.wait_resources({SMALL: 56})


def label_that_no_config_has_fails_with_a_reason(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    _ask(bench, "all-of-it")
    _wait_state(bench, "failed")
    reason = bench.cluster.node()["metadata"]["annotations"].get("septet.dev/mig.config.reason", "")
    assert "all-of-it" in reason, f"reason: {reason!r}"
    assert bench.cluster.resources() == OFFERED
    _ask(bench, "all-3g.40gb")  # never stuck
    _wait_state(bench, "success")


def advertised_within_a_second(bench):
    """From the MigLayout's creation to the node's allocatable; kubelet reports once a second here,
    so its second is on top."""
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    begun = time.monotonic()
    bench.agent.lay("quick", GPUS_0_AND_1_AS_THEY_ARE + [{"gpu": 2, "instances": ["7g.80gb:0"]}])
    bench.cluster.wait_resources({**OFFERED, "nvidia.com/mig-7g.80gb": 1})
    passed = time.monotonic() - begun
    print(f"        MigLayout to allocatable: {passed:.2f} s", flush=True)
    assert passed < 5, f"{passed:.2f} s"


SCENARIOS = [beside_a_running_pod_of_the_same_gpu, what_a_pod_holds_is_not_destroyed,
             made_and_removed_by_hand, impossible_layout_says_what_to_do, by_node_pool,
             by_the_label_of_mig_manager,
             label_that_no_config_has_fails_with_a_reason, advertised_within_a_second]

"""MIG strategies and the ways a container is told of its devices."""

from bench_of_scenarios import OFFERED

SMALL = "nvidia.com/mig-1g.10gb"
WHOLE_NODE_OF_SMALL = """gpus:
- gpu: all
  instances: [{profile: 1g.10gb, count: 7}]
"""


def none_offers_whole_gpus(bench):
    bench.agent.install(MIG_STRATEGY="none")
    bench.cluster.wait_resources({"nvidia.com/gpu": 8})


def single_offers_slices_as_gpus(bench):
    bench.gpus.apply(WHOLE_NODE_OF_SMALL)
    bench.agent.install(MIG_STRATEGY="single", PASS_DEVICE_SPECS="true")
    bench.cluster.wait_resources({"nvidia.com/gpu": 56})
    seen = bench.start_pod("one", {"nvidia.com/gpu": 1})
    bench.check_sees_only(seen, seen.visible[0])


def single_serves_the_rest_of_a_mixed_node_and_says_why(bench):
    """Where NVIDIA's plugin ends with "more than one MIG device type present on node"."""
    bench.agent.install(MIG_STRATEGY="single")
    bench.cluster.wait(lambda: bench.cluster.resources().get("nvidia.com/gpu", 0) > 0,
                       "some of the node to be offered", 30)
    assert set(bench.cluster.resources()) == {"nvidia.com/gpu"}, bench.cluster.resources()
    def told():
        node = bench.cluster.node()
        said = [c for c in node["status"]["conditions"] if c["type"].startswith("septet.dev/")
                or c["type"].startswith("Septet")]
        labels = [k for k in node["metadata"]["labels"] if k.startswith("septet.dev/")]
        return any(c["message"] for c in said) and labels
    bench.cluster.wait(told, "a condition and a label that say what is not offered", 20)


def environment_variable(bench):
    bench.agent.install(MIG_STRATEGY="mixed", DEVICE_LIST_STRATEGY="envvar")
    bench.cluster.wait_resources(OFFERED)
    seen = bench.start_pod("one", {SMALL: 1})
    assert bench.gpus.slices()[seen.visible[0]]["profile"] == "1g.10gb", seen.visible
    assert not seen.slice_nodes(), "device files are the container runtime's to add here"


def volume_mounts(bench):
    bench.agent.install(MIG_STRATEGY="mixed", DEVICE_LIST_STRATEGY="volume-mounts")
    bench.cluster.wait_resources(OFFERED)
    seen = bench.start_pod("one", {SMALL: 1})
    assert seen.visible == ["/var/run/nvidia-container-devices"], seen.visible
    assert len(seen.mounts) == 1 and seen.mounts <= set(bench.gpus.slices()), seen.mounts


def _check_cdi(bench, strategy):
    bench.agent.install(MIG_STRATEGY="mixed", DEVICE_LIST_STRATEGY=strategy)
    bench.cluster.wait_resources(OFFERED)
    seen = bench.start_pod("one", {SMALL: 1})
    own = [u for u, s in bench.gpus.slices().items() if s["nodes"] == seen.slice_nodes()]
    assert len(own) == 1, f"no slice is made of {sorted(seen.nodes)}"
    bench.check_sees_only(seen, own[0])


def cdi_by_annotation(bench):
    _check_cdi(bench, "cdi-annotations")


def cdi_by_cri(bench):
    _check_cdi(bench, "cdi-cri")


def cdi_follows_the_layout(bench):
    """A slice cut after the agent started: NVIDIA's specification would not know it."""
    bench.agent.install(MIG_STRATEGY="mixed", DEVICE_LIST_STRATEGY="cdi-cri")
    bench.cluster.wait_resources(OFFERED)
    bench.agent.lay("new", [{"gpu": 3, "instances": ["4g.40gb:0"]}])
    bench.agent.wait_phase("new", "Applied")
    seen = bench.start_pod("one", {"nvidia.com/mig-4g.40gb": 1})
    own = [u for u, s in bench.gpus.slices().items() if s["nodes"] == seen.slice_nodes()]
    assert len(own) == 1 and bench.gpus.slices()[own[0]]["gpu"] == 3, seen.nodes


SCENARIOS = [none_offers_whole_gpus, single_offers_slices_as_gpus,
             single_serves_the_rest_of_a_mixed_node_and_says_why, environment_variable,
             volume_mounts, cdi_by_annotation, cdi_by_cri, cdi_follows_the_layout]

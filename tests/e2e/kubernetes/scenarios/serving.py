"""Pods get slices from septet's agent: their own, once, and nobody else's."""

import json

from bench_of_scenarios import OFFERED
from own_machine import NODE
from septet_agent import NAMESPACE

SPECS = {"MIG_STRATEGY": "mixed", "PASS_DEVICE_SPECS": "true"}


def three_profiles_run_and_see_their_slice(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    for profile in ("1g.10gb", "2g.20gb", "3g.40gb"):
        seen = bench.start_pod(f"pod-{profile.replace('.', '-')}", {f"nvidia.com/mig-{profile}": 1})
        assert len(seen.visible) == 1, seen.visible
        assert bench.gpus.slices()[seen.visible[0]]["profile"] == profile
        bench.check_sees_only(seen, seen.visible[0])


def all_seven_of_a_gpu_run_apart(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    for i in range(7):
        bench.cluster.create_pod(f"p{i}", {"nvidia.com/mig-1g.10gb": 1},
                                 script="env | grep NVIDIA_VIS; echo looked; sleep 1000000")
    given = []
    for i in range(7):
        bench.cluster.running(f"p{i}")
        given += bench.seen(f"p{i}").visible
    assert len(set(given)) == 7, f"slices given twice: {given}"


def one_too_many_pends_until_a_miglayout_cuts_it_a_slice(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    first = bench.start_pod("first", {"nvidia.com/mig-3g.40gb": 1})
    bench.cluster.create_pod("second", {"nvidia.com/mig-3g.40gb": 1},
                             script="env | grep NVIDIA_VIS; echo looked; sleep 1000000")
    said = bench.cluster.unschedulable("second")
    assert "Insufficient nvidia.com/mig-3g.40gb" in said, said
    bench.agent.lay("more", [{"gpu": 2, "instances": [{"profile": "3g.40gb", "count": 2}]}])
    bench.agent.wait_phase("more", "Applied")
    bench.cluster.running("second")
    second = bench.seen("second")
    assert bench.gpus.slices()[second.visible[0]]["gpu"] == 2, second.visible
    assert bench.seen("first").visible == first.visible


def replicas_of_time_slicing(bench):
    """Four pods on the two slices of a profile that is shared by two."""
    sharing = {"version": "v1", "sharing": {"timeSlicing": {"resources": [
        {"name": "nvidia.com/mig-2g.20gb", "replicas": 4}]}}}
    configuration = bench.state_folder() / "plugin-config.yaml"
    configuration.write_text(json.dumps(sharing))
    bench.agent.install(**SPECS, CONFIG_FILE=str(configuration))
    bench.cluster.wait_resources({**OFFERED, "nvidia.com/mig-2g.20gb": 4})
    given = []
    for i in range(4):
        given += bench.start_pod(f"p{i}", {"nvidia.com/mig-2g.20gb": 1}).visible
    assert len(given) == 4 and len(set(given)) == 1, given
    bench.cluster.create_pod("fifth", {"nvidia.com/mig-2g.20gb": 1})
    bench.cluster.unschedulable("fifth")


def part_of_an_instance_has_a_resource(bench):
    """NVIDIA's plugin refuses to start beside a 1c.3g.40gb."""
    bench.gpus.apply("""gpus:
- gpu: 1
  instances: [{profile: 3g.40gb, start: 4, compute: [1c.3g.40gb, 2c.3g.40gb]}]
""")
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources({"nvidia.com/mig-1g.10gb": 7, "nvidia.com/mig-1c.3g.40gb": 1,
                                  "nvidia.com/mig-2c.3g.40gb": 1})
    seen = bench.start_pod("part", {"nvidia.com/mig-1c.3g.40gb": 1})
    bench.check_sees_only(seen, seen.visible[0])


def two_kinds_in_one_container(bench):
    """By CDI, which adds up; NVIDIA's environment variable keeps one of the two."""
    bench.agent.install(MIG_STRATEGY="mixed", DEVICE_LIST_STRATEGY="cdi-cri")
    bench.cluster.wait_resources(OFFERED)
    seen = bench.start_pod("both", {"nvidia.com/mig-1g.10gb": 1, "nvidia.com/mig-3g.40gb": 1})
    fitting = [s["nodes"] for s in bench.gpus.slices().values()
               if s["nodes"] <= seen.slice_nodes()]
    assert len(fitting) == 2 and set().union(*fitting) == seen.slice_nodes(), seen.nodes


def labels_say_what_there_is(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    wanted = {"nvidia.com/mig.strategy": "mixed", "nvidia.com/mig-1g.10gb.count": "7",
              "nvidia.com/mig-3g.40gb.count": "1", "nvidia.com/mig.capable": "true"}
    def labelled():
        labels = bench.cluster.node()["metadata"]["labels"]
        return all(labels.get(k) == v for k, v in wanted.items())
    bench.cluster.wait(labelled, f"the node to be labelled {wanted}", 30)


NODE_FEATURES = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": {"name": "nodefeatures.nfd.k8s-sigs.io",
                 "annotations": {"api-approved.kubernetes.io": "unapproved, of this test"}},
    "spec": {"group": "nfd.k8s-sigs.io", "scope": "Namespaced",
             "names": {"plural": "nodefeatures", "kind": "NodeFeature"},
             "versions": [{"name": "v1alpha1", "served": True, "storage": True, "schema": {
                 "openAPIV3Schema": {"type": "object",
                                     "x-kubernetes-preserve-unknown-fields": True}}}]}}


def labels_as_a_node_feature_object(bench):
    """Where Node Feature Discovery is installed, which copies them to the node."""
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    objects = f"/apis/nfd.k8s-sigs.io/v1alpha1/namespaces/{NAMESPACE}/nodefeatures"
    bench.cluster.api.create(definitions, NODE_FEATURES)
    try:
        bench.cluster.wait(lambda: bench.cluster.api.get(objects), "the API of NodeFeatures")
        bench.agent.install(**SPECS)
        bench.cluster.wait_resources(OFFERED)
        found = bench.cluster.wait(
            lambda: bench.cluster.api.get(f"{objects}/nvidia-features-for-{NODE}"),
            "the NodeFeature object", 30)
        assert found["metadata"]["labels"]["nfd.node.kubernetes.io/node-name"] == NODE, found
        assert found["spec"]["labels"]["nvidia.com/mig-1g.10gb.count"] == "7", found["spec"]
    finally:
        bench.agent.remove()
        bench.cluster.api.delete(f"{definitions}/{NODE_FEATURES['metadata']['name']}")


SCENARIOS = [three_profiles_run_and_see_their_slice, all_seven_of_a_gpu_run_apart,
             one_too_many_pends_until_a_miglayout_cuts_it_a_slice, replicas_of_time_slicing,
             part_of_an_instance_has_a_resource, two_kinds_in_one_container,
             labels_say_what_there_is, labels_as_a_node_feature_object]

"""NVIDIA's own device plugin and containerd in this cluster, without septet: if these fail, the
harness is wrong."""

from bench_of_scenarios import OFFERED


def three_profiles_run_and_see_their_slice(bench):
    bench.nvidia.install(MIG_STRATEGY="mixed", PASS_DEVICE_SPECS="true")
    bench.cluster.wait_resources(OFFERED)
    for profile in ("1g.10gb", "2g.20gb", "3g.40gb"):
        seen = bench.start_pod(f"pod-{profile.replace('.', '-')}", {f"nvidia.com/mig-{profile}": 1})
        assert len(seen.visible) == 1, seen.visible
        assert bench.gpus.slices()[seen.visible[0]]["profile"] == profile
        bench.check_sees_only(seen, seen.visible[0])


def one_too_many_stays_pending(bench):
    bench.nvidia.install(MIG_STRATEGY="mixed", PASS_DEVICE_SPECS="true")
    bench.cluster.wait_resources(OFFERED)
    bench.start_pod("first", {"nvidia.com/mig-3g.40gb": 1})
    bench.cluster.create_pod("second", {"nvidia.com/mig-3g.40gb": 1})
    said = bench.cluster.unschedulable("second")
    assert "Insufficient nvidia.com/mig-3g.40gb" in said, said


def container_runtime_takes_cdi_devices(bench):
    """By the CRI's field and by annotation: what the plugin's specification says is in the pod."""
    for strategy in ("cdi-cri", "cdi-annotations"):
        bench.fresh()
        bench.nvidia.install(MIG_STRATEGY="mixed", DEVICE_LIST_STRATEGY=strategy,
                             **bench.nvidia.driver_root())
        bench.cluster.wait_resources(OFFERED)
        seen = bench.start_pod("one", {"nvidia.com/mig-2g.20gb": 1})
        own = [u for u, s in bench.gpus.slices().items() if s["nodes"] == seen.slice_nodes()]
        assert len(own) == 1, f"{strategy}: no slice is made of {sorted(seen.nodes)}"
        bench.check_sees_only(seen, own[0])


SCENARIOS = [three_profiles_run_and_see_their_slice, one_too_many_stays_pending,
             container_runtime_takes_cdi_devices]

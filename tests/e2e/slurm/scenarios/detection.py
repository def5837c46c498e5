"""AutoDetect=nvml with Debian's own gpu/nvml plugin against the simulated node."""

import os
import re

import simulated_gpus
from slurm_bench import Impossible
from slurm_cluster import NODE, PLUGINS


def _start(bench):
    plugins = bench.clients / "slurm-nvml"
    if not (plugins / "gpu_nvml.so").exists():
        raise Impossible(f"there is no {plugins}/gpu_nvml.so (tests/conformance/install.sh slurm)")
    published = bench.published("--autodetect")
    bench.cluster.write(published["gres"], published["gres_conf"], plugins=f"{PLUGINS}:{plugins}",
                        cpus=os.cpu_count())
    bench.cluster.start()
    sim_run = (bench.septet_path, f"--sim={simulated_gpus.STATE}", "sim", "run", "--")
    bench.cluster.slurmd_in_front(NODE, sim_run)
    return published


def types_and_uuids_are_what_the_plugin_finds(bench):
    bench.cut("[3g.40gb, 4g.40gb]", "[1g.10gb, 1g.10gb]")
    published = _start(bench)
    types = {device["detected_type"] for device in published["devices"]}
    assert types == {"nvidia_h100_80gb_hbm3_4g.40gb", "nvidia_h100_80gb_hbm3_3g.40gb",
                     "nvidia_h100_80gb_hbm3_1g.10gb"}, types
    # Slurm adds the sockets that are near each GPU, and has an order of its own.
    gres = re.sub(r"\(S:[^)]*\)", "", bench.cluster.node(NODE)["gres"])
    assert sorted(gres.split(",")) == sorted(published["gres"].split(",")), gres
    uuids = {device["uuid"]: device["detected_type"] for device in published["devices"]}
    for kind in sorted(types):
        said = bench.cluster.run("srun", f"--gres=gpu:{kind}:1", "printenv",
                                 "CUDA_VISIBLE_DEVICES").stdout.strip()
        assert uuids.get(said) == kind, (kind, said, uuids)
    both = bench.cluster.run("srun", "--gres=gpu:nvidia_h100_80gb_hbm3_1g.10gb:2", "printenv",
                             "CUDA_VISIBLE_DEVICES").stdout.strip().split(",")
    assert len(set(both)) == 2 and all(one in uuids for one in both), both


SCENARIOS = [types_and_uuids_are_what_the_plugin_finds]

"""septet slurm relayout: the dynamic-node cycle, and what happens when it cannot go through."""

import os
import signal
import subprocess
import time

import simulated_gpus
from slurm_bench import shadow
from slurm_cluster import NEIGHBOUR, NODE, wait_for

HALVES = "[3g.40gb, 4g.40gb]"


def _relayout(bench, *arguments, check=True):
    return bench.septet("slurm", "relayout", NODE, *arguments, check=check)


def _begin(bench, *arguments, path=None):
    environment = {**os.environ, "SLURM_CONF": str(bench.cluster.conf)}
    if path:
        environment["PATH"] = f"{path}:{environment['PATH']}"
    return subprocess.Popen(
        [bench.septet_path, f"--sim={simulated_gpus.STATE}", "slurm", "relayout", NODE, *arguments],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True)


def _neighbour_job(bench):
    job = bench.cluster.submit("sleep 1000", "-w", NEIGHBOUR)
    bench.cluster.wait_running(job)
    return job


def _gets(bench, gres):
    return bench.cluster.run("srun", "-w", NODE, f"--gres={gres}", "printenv",
                             "CUDA_VISIBLE_DEVICES").stdout.strip()


def _is_as_before(bench):
    assert bench.layout() == [["3g.40gb", "4g.40gb"]], bench.layout()
    node = bench.cluster.node(NODE)
    assert node["gres"] == "gpu:4g.40gb:1,gpu:3g.40gb:1", node["gres"]
    assert "DRAIN" not in node["state_flags"], node
    assert bench.published()["gres_conf"] in bench.cluster.gres.read_text()
    assert _gets(bench, "gpu:4g.40gb:1") == "0"


def an_idle_node_is_cut_and_registered(bench):
    bench.cut(HALVES)
    bench.dynamic_node()
    neighbour, controller = _neighbour_job(bench), bench.cluster.controller_pid()
    steps = _relayout(bench, "1g.10gb,1g.10gb,2g.20gb,3g.40gb", "--dry-run", check=False)
    assert steps.returncode == 2 and "drain gn0" in steps.stdout, steps
    begun = time.monotonic()
    _relayout(bench, "1g.10gb,1g.10gb,2g.20gb,3g.40gb")
    print(f"        relayout of an idle node: {time.monotonic() - begun:.2f} s", flush=True)
    assert bench.layout() == [["1g.10gb", "1g.10gb", "2g.20gb", "3g.40gb"]], bench.layout()
    assert len(_gets(bench, "gpu:1g.10gb:2").split(",")) == 2
    refused = bench.cluster.run("sbatch", "-w", NODE, "--gres=gpu:4g.40gb:1", "--wrap", "true",
                                check=False)
    assert refused.returncode, "a type that is gone was accepted"
    assert bench.cluster.is_running(neighbour) and bench.cluster.controller_pid() == controller
    again = _relayout(bench, "1g.10gb,1g.10gb,2g.20gb,3g.40gb")
    assert "nothing to do" in again.stdout, again.stdout
    _relayout(bench, HALVES[1:-1].replace(" ", ""))
    _is_as_before(bench)


def a_job_on_a_kept_instance_goes_on_while_the_gpu_is_cut_beside_it(bench):
    bench.cut(HALVES)
    bench.dynamic_node()
    neighbour = _neighbour_job(bench)
    kept = bench.cluster.submit("sleep 1000", "--gres=gpu:3g.40gb:1")
    bench.cluster.wait_running(kept)
    target = "0=3g.40gb:4,1g.10gb,1g.10gb"
    refused = _relayout(bench, target, check=False)
    assert refused.returncode == 4 and str(kept) in refused.stderr, refused
    assert bench.cluster.is_running(kept)
    assert bench.layout() == [["3g.40gb", "4g.40gb"]], bench.layout()
    running = _begin(bench, target, "--wait", "60")
    wait_for("the GPU to be cut beside the job", 20,
             lambda: bench.layout() == [["1g.10gb", "1g.10gb", "3g.40gb"]])
    assert bench.cluster.is_running(kept), "the job on the instance that is kept did not survive"
    bench.cluster.run("scancel", kept)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 0, said
    assert bench.cluster.is_running(neighbour)
    assert len(_gets(bench, "gpu:1g.10gb:2").split(",")) == 2


def a_job_on_an_instance_that_goes_is_waited_for(bench):
    bench.cut(HALVES)
    bench.dynamic_node()
    job = bench.cluster.submit("sleep 1000", "--gres=gpu:4g.40gb:1")
    bench.cluster.wait_running(job)
    refused = _relayout(bench, "0=3g.40gb:4,1g.10gb", check=False)
    assert refused.returncode == 4 and "on instances that go" in refused.stderr, refused
    assert bench.cluster.is_running(job)
    running = _begin(bench, "0=3g.40gb:4,1g.10gb", "--wait", "60")
    wait_for("the node to drain", 20, lambda: "DRAIN" in bench.cluster.node(NODE)["state_flags"])
    assert bench.layout() == [["3g.40gb", "4g.40gb"]], "cut under a job"
    bench.cluster.run("scancel", job)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 0, said
    assert bench.layout() == [["1g.10gb", "3g.40gb"]], bench.layout()


def what_the_driver_refuses_is_put_back(bench):
    bench.cut(HALVES)
    bench.dynamic_node()
    bench.gpus.run("sim", "fault", "call", "nvmlDeviceCreateGpuInstanceWithPlacement",
                   "--nth", "2", "--times", "5")
    failed = _relayout(bench, "1g.10gb,1g.10gb", check=False)
    assert failed.returncode == 1 and "as before" in failed.stderr, failed
    _is_as_before(bench)


def a_slurmd_that_does_not_start_is_put_back(bench):
    bench.cut(HALVES)
    bench.dynamic_node()
    path = shadow(bench, "slurmd", 'case "$*" in *1g.10gb*) echo "no such gres" >&2; exit 1;; esac')
    running = _begin(bench, "1g.10gb,1g.10gb", path=path)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 1 and "no such gres" in said and "as before" in said, said
    _is_as_before(bench)


def killed_in_the_middle_it_is_taken_up(bench):
    bench.cut(HALVES)
    bench.dynamic_node()
    neighbour = _neighbour_job(bench)
    for program, word in (("scontrol", "State=DRAIN"), ("scontrol", "delete"), ("slurmd", "-Z")):
        reached = bench.cluster.dir / f"reached-{program}-{word}"
        path = shadow(bench, program, f'case "$*" in *{word}*) touch {reached}; sleep 1000;; esac')
        target = "1g.10gb,1g.10gb" if bench.layout() == [["3g.40gb", "4g.40gb"]] else "3g.40gb,4g.40gb"
        running = _begin(bench, target, path=path)
        wait_for(f"{program} {word}", 20, reached.exists)
        os.kill(running.pid, signal.SIGKILL)
        running.communicate(timeout=20)
        said = _relayout(bench, "3g.40gb,4g.40gb")
        assert "taking up" in said.stderr, said
        _is_as_before(bench)
    assert bench.cluster.is_running(neighbour)


def a_node_of_slurm_conf_is_refused(bench):
    bench.cut(HALVES)
    bench.static_node()
    refused = _relayout(bench, "1g.10gb,1g.10gb", check=False)
    assert refused.returncode == 1 and "slurmd -Z" in refused.stderr, refused
    assert bench.layout() == [["3g.40gb", "4g.40gb"]], bench.layout()


SCENARIOS = [an_idle_node_is_cut_and_registered,
             a_job_on_a_kept_instance_goes_on_while_the_gpu_is_cut_beside_it,
             a_job_on_an_instance_that_goes_is_waited_for, what_the_driver_refuses_is_put_back,
             a_slurmd_that_does_not_start_is_put_back, killed_in_the_middle_it_is_taken_up,
             a_node_of_slurm_conf_is_refused]

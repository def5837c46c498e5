"""septet slurm helpers: layouts as features that users ask for, by Slurm's own plugin."""

import json
import pathlib
import time

import simulated_gpus
from slurm_cluster import NODE, wait_for

MENU = """\
layouts:
  halves:
  - {gpu: all, instances: ["4g.40gb:0", "3g.40gb:4"]}
  one-small:
  - {gpu: all, instances: [1g.10gb, 4g.40gb]}
"""
SEVEN = MENU + "  small:\n  - {gpu: all, instances: [{profile: 1g.10gb, count: 7}]}\n"
HALVES, ONE_SMALL = [["3g.40gb", "4g.40gb"]], [["1g.10gb", "4g.40gb"]]


def _generate(bench, menu, *arguments, check=True):
    path = bench.cluster.dir / "menu.yaml"
    path.write_text(menu)
    return bench.septet("slurm", "helpers", path, "--nodes", NODE, "--output", bench.cluster.dir,
                        *arguments, check=check)


def _offer(bench, *arguments):
    """A cluster whose gn0 has the menu, by the lines that septet says."""
    bench.cut("[3g.40gb, 4g.40gb]")
    made = json.loads(_generate(bench, MENU, "--json", *arguments).stdout)
    lines = made["slurm_conf"].splitlines()
    node = next(line.split(" ", 1)[1] for line in lines if line.startswith("NodeName="))
    gres = node.removeprefix("Gres=")  # "gpu:2 Feature=halves,one_small"
    bench.cluster.write(gres, made["gres_conf"], extra="\n".join(
        line for line in lines if not line.startswith(("NodeName=", "GresTypes="))))
    bench.cluster.environment["SEPTET_SIM"] = str(simulated_gpus.STATE)
    bench.cluster.start()
    bench.cluster.slurmd(NODE)
    wait_for("the feature in force to be known", 20, lambda: _active(bench) == {"halves"})


def _active(bench):
    return set(bench.cluster.node(NODE)["active_features"].split(","))


def a_feature_is_brought_about_for_the_job_that_asks(bench):
    _offer(bench)
    slurmd = (bench.cluster.dir / f"slurmd.{NODE}.pid").read_text()
    begun = time.monotonic()
    done = bench.cluster.run("srun", "-C", "one_small", "--gres=gpu:2", "printenv",
                             "CUDA_VISIBLE_DEVICES")
    print(f"        srun -C on an idle node: {time.monotonic() - begun:.2f} s", flush=True)
    assert done.stdout.strip() == "0,1", done
    assert bench.layout() == ONE_SMALL, bench.layout()
    assert _active(bench) == {"one_small"}, _active(bench)
    assert (bench.cluster.dir / f"slurmd.{NODE}.pid").read_text() != slurmd, "slurmd is the old one"
    files = bench.cluster.gres.read_text()
    for device in bench.published()["devices"]:
        assert ",".join(device["files"]) in files, (device, files)
    assert "Type=" not in files, files
    again = time.monotonic()
    bench.cluster.run("srun", "-C", "one_small", "--gres=gpu:1", "true")
    assert time.monotonic() - again < 2, "what is in force was brought about again"
    bench.cluster.run("srun", "-C", "halves", "--gres=gpu:1", "true")
    assert bench.layout() == HALVES, bench.layout()
    assert "slurm helper" in bench.septet("history").stdout


def a_job_that_runs_is_in_the_way(bench):
    _offer(bench)
    running = bench.cluster.submit("sleep 1000", "-C", "halves", "--gres=gpu:1")
    bench.cluster.wait_running(running)
    asks = bench.cluster.submit("sleep 1000", "-C", "one_small", "--gres=gpu:1")
    beside = bench.cluster.submit("sleep 1000", "-C", "halves", "--gres=gpu:1")
    bench.cluster.wait_running(beside)  # slurmctld had both before it
    assert bench.cluster.jobs()[asks]["job_state"] == "PENDING", "a node with a job was changed"
    assert bench.cluster.is_running(running) and bench.layout() == HALVES, bench.layout()
    bench.cluster.run("scancel", running, beside)
    bench.cluster.wait_running(asks, 90)
    assert bench.layout() == ONE_SMALL, bench.layout()


def what_the_driver_refuses_puts_the_node_down_with_our_sentence(bench):
    _offer(bench)
    bench.gpus.run("sim", "fault", "call", "nvmlDeviceCreateGpuInstanceWithPlacement",
                   "--nth", "1", "--times", "5")
    job = _asks_in_vain(bench)
    assert "GPU 0" in _reason(bench), _reason(bench)
    assert bench.layout() == HALVES, bench.layout()
    bench.gpus.run("sim", "fault", "clear")
    bench.cluster.run("scontrol", "update", f"NodeName={NODE}", "State=RESUME")
    # Slurm lets what it requeued wait two minutes, and looks at a batch job's nodes every 30 s.
    bench.cluster.run("scontrol", "update", f"JobId={job}", "StartTime=now")
    bench.cluster.wait_running(job, 90)
    assert bench.layout() == ONE_SMALL, bench.layout()


def a_change_that_takes_too_long_puts_the_node_down(bench):
    _offer(bench, "--exec-time", "2")
    bench.gpus.run("sim", "fault", "slow", "--create", "4000")
    _asks_in_vain(bench)
    assert "within ExecTime" in _reason(bench), _reason(bench)


def _reason(bench):
    return bench.cluster.node(NODE)["reason"] or ""


def _asks_in_vain(bench):
    """A job that stays in the queue while the node is put down and slurmd started anew."""
    job = bench.cluster.submit("sleep 1000", "-C", "one_small", "--gres=gpu:1")
    wait_for("the node to be put down", 30, lambda: "septet:" in _reason(bench))
    wait_for("slurmd to start anew, and the node to stay drained", 60,
             lambda: "DRAIN" in bench.cluster.node(NODE)["state_flags"]
             and bench.cluster.state(NODE) == "idle")
    assert "septet:" in _reason(bench), _reason(bench)
    assert bench.cluster.jobs()[job]["job_state"] == "PENDING", "runs without what it asked for"
    return job


def layouts_of_unequal_counts_are_refused_by_number(bench):
    bench.cut("[3g.40gb, 4g.40gb]")
    refused = _generate(bench, SEVEN, check=False)
    assert refused.returncode == 1 and "halves 2, one-small 2, small 7" in refused.stderr, refused
    assert not (bench.cluster.dir / "helpers.conf").exists()


def a_helpers_conf_of_the_site_is_left_alone(bench):
    bench.cut("[3g.40gb, 4g.40gb]")
    conf = bench.cluster.dir / "helpers.conf"
    conf.write_text("Feature=nps4 Helper=/usr/local/sbin/nps\n")
    refused = _generate(bench, MENU, check=False)
    assert refused.returncode == 1 and "was not written by septet" in refused.stderr, refused
    assert conf.read_text() == "Feature=nps4 Helper=/usr/local/sbin/nps\n"
    assert not (bench.cluster.dir / "septet-menu.yaml").exists()
    conf.unlink()
    for _ in range(2):  # its own is written over
        _generate(bench, MENU)


def a_helper_says_what_is_in_force_and_refuses_what_it_has_not(bench):
    bench.cut("[3g.40gb, 4g.40gb]")
    made = json.loads(_generate(bench, MENU, "--json").stdout)
    bench.cluster.environment["SEPTET_SIM"] = str(simulated_gpus.STATE)
    helper = made["helper"]
    assert pathlib.Path(helper).read_text().endswith(MENU)
    assert bench.cluster.run(helper).stdout == "halves\n"
    unknown = bench.cluster.run(helper, "nowhere", check=False)
    assert unknown.returncode and "nowhere" in unknown.stderr, unknown
    bench.cluster.run(helper, "one_small")
    assert bench.cluster.run(helper).stdout == "one_small\n"
    stray = bench.cluster.run(made["reboot_program"], check=False)
    assert stray.returncode and "not run by a slurmd" in stray.stderr, stray


SCENARIOS = [
    a_feature_is_brought_about_for_the_job_that_asks,
    a_job_that_runs_is_in_the_way,
    what_the_driver_refuses_puts_the_node_down_with_our_sentence,
    a_change_that_takes_too_long_puts_the_node_down,
    layouts_of_unequal_counts_are_refused_by_number,
    a_helpers_conf_of_the_site_is_left_alone,
    a_helper_says_what_is_in_force_and_refuses_what_it_has_not,
]

"""septet fleet --slurm on a queue of mixed jobs: who starts when, with it and without."""

import json
import re
import time

from slurm_cluster import NEIGHBOUR, NODE, wait_for

# What the queue asks for; the node is cut for the first kind. See _promises() for why the
# others may be asked for at all.
QUEUE = ["1g.10gb"] * 7 + ["3g.40gb"] * 2 + ["7g.80gb"]
SECONDS = 2  # of each job


def _promises(bench):
    """A node that is down and offers every type: Slurm refuses at submission what no node has."""
    text = bench.cluster.conf.read_text()
    kinds = ",".join(f"gpu:{kind}:8" for kind in sorted(set(QUEUE)))
    # Without an address that can be resolved slurmctld shows the node to nobody.
    line = ("NodeName=promises NodeHostname=localhost NodeAddr=127.0.0.1 Port=17009 CPUs=64 "
            f"RealMemory=1000 Gres={kinds} State=DOWN Reason=menu")
    bench.cluster.conf.write_text(text.replace("PartitionName=mig Nodes=",
                                               f"{line}\nPartitionName=mig Nodes=promises,"))


def _cluster(bench):
    bench.cut("[1g.10gb, 1g.10gb, 1g.10gb, 1g.10gb, 1g.10gb, 1g.10gb, 1g.10gb]")
    published = bench.published()
    bench.cluster.write(None, published["gres_conf"])
    _promises(bench)
    bench.cluster.start()
    bench.cluster.slurmd(NODE, "-Z", "--conf", "CPUs=16 RealMemory=1000 Feature=mig,"
                         f"mig-h100-sxm5-80gb-x1 Gres={published['gres']}")


def _started(bench, job):
    said = bench.cluster.run("scontrol", "show", "job", job).stdout
    found = re.search(r"SubmitTime=(\S+).*?StartTime=(\S+)", said, re.DOTALL)
    state = re.search(r"JobState=(\w+)", said).group(1)
    if state not in ("RUNNING", "COMPLETING", "COMPLETED"):
        return None
    begun = [time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%S")) for text in found.groups()]
    return begun[1] - begun[0]


def _fleet(bench, *arguments):
    return bench.septet("fleet", "--slurm", "--min-dwell", "0", "--json", *arguments, check=False)


def _waits(bench, seconds, step):
    jobs = [bench.cluster.submit(f"sleep {SECONDS}", f"--gres=gpu:{kind}:1", "-x", NEIGHBOUR)
            for kind in QUEUE]
    waits, deadline = {}, time.monotonic() + seconds
    while len(waits) < len(jobs) and time.monotonic() < deadline:
        step()
        for job in jobs:
            if job not in waits and (wait := _started(bench, job)) is not None:
                waits[job] = wait
        time.sleep(0.2)
    return [(kind, waits.get(job)) for kind, job in zip(QUEUE, jobs)]


def _table(title, waits):
    print(f"        {title}: " + ", ".join(
        f"{kind} {'never' if wait is None else f'{wait:.0f} s'}" for kind, wait in waits),
        flush=True)


def a_mixed_queue_starts_sooner(bench):
    _cluster(bench)
    static = _waits(bench, 8, lambda: None)
    _table("waited as it was cut", static)
    bench.cluster.run("scancel", "--user=root")
    wait_for("the node to be idle", 30, lambda: bench.cluster.state(NODE) == "idle")

    def act():
        done = _fleet(bench, "--act")
        assert done.returncode == 0, done
        said.append(done.stdout + done.stderr)
    said = []
    fleet = _waits(bench, 30, act)
    _table("waited with septet fleet", fleet)
    assert any(wait is None for _, wait in static), "the static layout was no trouble"
    assert all(wait is not None for _, wait in fleet), said[-1]


def it_says_what_it_would_do_and_why(bench):
    _cluster(bench)
    wish = bench.cluster.submit("true", "--gres=gpu:3g.40gb:1")
    running = bench.cluster.submit("sleep 1000", "--gres=gpu:1g.10gb:1")
    bench.cluster.wait_running(running)
    told = _fleet(bench)
    assert told.returncode == 0 and json.loads(told.stdout)["recuts"] == [], told
    bench.cluster.run("scancel", running)
    wait_for("the node to be idle", 30, lambda: bench.cluster.state(NODE) == "idle")
    told = _fleet(bench)
    decision = json.loads(told.stdout)["recuts"]
    assert told.returncode == 2 and len(decision) == 1, told
    assert decision[0]["node"] == NODE and decision[0]["starts"] == [wish], decision
    assert "3g.40gb" in decision[0]["reason"], decision
    assert bench.layout() == [["1g.10gb"] * 7], "a decision that was not to be acted on"
    held = _fleet(bench, "--hours", _an_hour_that_is_not_now())
    assert held.returncode == 0 and "hours" in held.stdout, held
    fresh = bench.septet("fleet", "--slurm", check=False)
    assert fresh.returncode == 0 and "less than 600 s ago" in fresh.stdout, fresh


def _an_hour_that_is_not_now():
    hour = (time.localtime().tm_hour + 2) % 23
    return f"{hour:02}:00-{hour:02}:30"


SCENARIOS = [it_says_what_it_would_do_and_why, a_mixed_queue_starts_sooner]

"""What is tried with real engines: one function each, in the order they run."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

from engines import Failed, nodes_in, opened_in, run

ENXIO, EPERM = "No such device or address", "Operation not permitted"
LAYOUT = """version: v1
mig-configs:
  small:
    - {devices: [0], mig-enabled: true, mig-devices: {"1g.10gb": 2, "3g.40gb": 1}}
    - {devices: [1], mig-enabled: false}
  large:
    - {devices: [0], mig-enabled: true, mig-devices: {"7g.80gb": 1}}
    - {devices: [1], mig-enabled: false}
"""


def expect(what, got, wanted):
    if got != wanted:
        raise Failed(f"{what}: got {got!r}, wanted {wanted!r}")


def expect_in(what, text, words):
    if words not in text:
        raise Failed(f"{what}: {words!r} is not in:\n{text}")


def by_index(bench):
    """"0:1" to what a container that has it must see."""
    found = {}
    for gpu in bench.gpus.status()["gpus"]:
        base = f"/dev/nvidia{gpu['minor']}"
        if gpu["mig_mode"] != "on":
            found[str(gpu["index"])] = {"uuid": gpu["uuid"], "nodes": {base}}
        for instance in gpu["gpu_instances"]:
            access = f"gpu{gpu['minor']}/gi{instance['id']}"
            for compute in instance["compute_instances"]:
                minors = (bench.gpus.caps[f"{access}/access"],
                          bench.gpus.caps[f"{access}/ci{compute['id']}/access"])
                found[f"{gpu['index']}:{compute['mig_index']}"] = {
                    "uuid": compute["uuid"], "profile": compute["profile"],
                    "nodes": {base, *(f"/dev/nvidia-caps/nvidia-cap{m}" for m in minors)}}
    return found


def layout(bench, name):
    bench.gpus.apply(LAYOUT, "-c", name)


def isolated(bench, engine, options, granted):
    """The granted nodes open (but for there being no driver), and no other does, by whatever name:
    the container may make a node, and the control group keeps it from opening it."""
    opened = opened_in(engine, options, *sorted(granted))
    expect("granted nodes", set(opened.values()), {ENXIO})
    others = {node for device in by_index(bench).values() for node in device["nodes"]} - granted
    for node in sorted(others)[:3]:
        minor = re.search(r"[0-9]+$", node).group()
        major = 508 if "caps" in node else 195
        told = engine.run([*options, "--cap-add", "MKNOD"], "sh", "-c",
                          f"rm -f /tmp/x; mknod /tmp/x c {major} {minor} && : </tmp/x", check=False)
        expect_in(f"opening {node}, which was not granted", told.stderr, EPERM)


def podman_cdi_follows_the_layout(bench):
    layout(bench, "small")
    bench.gpus.run("publish", "cdi", "--output", "/run/cdi/", "--device-names",
                   "index,type-index,uuid")
    slices = by_index(bench)
    for name in ("0:1", "mig0:1", slices["0:1"]["uuid"]):
        expect(name, nodes_in(bench.podman, ["--device", f"nvidia.com/gpu={name}"]),
               slices["0:1"]["nodes"])
    isolated(bench, bench.podman, ["--device", "nvidia.com/gpu=0:1"], slices["0:1"]["nodes"])
    everything = set().union(*(device["nodes"] for device in slices.values()))
    expect("all", nodes_in(bench.podman, ["--device", "nvidia.com/gpu=all"]), everything)
    layout(bench, "large")  # and nothing else: the file follows
    gone = bench.podman.run(["--device", "nvidia.com/gpu=0:1"], "true", check=False)
    expect("a container of a slice that is gone", gone.returncode != 0, True)
    expect_in("podman's words", gone.stderr, "unresolvable CDI devices")
    expect("the new slice", nodes_in(bench.podman, ["--device", "nvidia.com/gpu=0:0"]),
           by_index(bench)["0:0"]["nodes"])
    bench.gpus.run("rollback")
    expect("rolled back", nodes_in(bench.podman, ["--device", "nvidia.com/gpu=0:1"]),
           by_index(bench)["0:1"]["nodes"])


def cdi_files_are_valid(bench):
    """By CNCF's own library and its JSON schema."""
    if bench.validator is None:
        raise Failed("the CDI validator was not built (tests/conformance/install.sh containers)")
    layout(bench, "small")
    for names in ("index", "type-index", "uuid", "index,type-index,uuid"):
        for form in ("json", "yaml"):
            path = bench.scratch / f"{names.replace(',', '_')}.{form}"
            bench.gpus.run("publish", "cdi", "--once", "--output", path, "--device-names", names)
            run(bench.validator, path)
    bad = bench.scratch / "bad.json"
    text = (bench.scratch / "index.json").read_text().replace('"0.5.0"', '"0.3.0"')
    bad.write_text(text)
    expect("a version too low for its names", run(bench.validator, bad, check=False).returncode, 1)


def docker_gives_what_gpus_asks_for(bench):
    layout(bench, "small")
    slices = by_index(bench)
    one, two = slices["0:1"], slices["0:2"]
    everything = set().union(*(device["nodes"] for device in slices.values()))
    for form, wanted in (("device=0:1", one["nodes"]), (f"device={one['uuid']}", one["nodes"]),
                         ('"device=0:1,0:2"', one["nodes"] | two["nodes"]), ("all", everything),
                         ("device=1", slices["1"]["nodes"])):
        expect(f"--gpus {form}", nodes_in(bench.docker, ["--gpus", form]), wanted)
    expect("without --gpus", nodes_in(bench.docker, []), set())
    isolated(bench, bench.docker, ["--gpus", "device=0:1"], one["nodes"])
    config = f"/dev/nvidia-caps/nvidia-cap{bench.gpus.caps['config']}"
    asked = ["--gpus", "device=0:1", "-e", "NVIDIA_MIG_CONFIG_DEVICES=all"]
    expect("the right to cut", nodes_in(bench.docker, [*asked, "--cap-add", "SYS_ADMIN"]),
           one["nodes"] | {config})


def docker_shows_our_refusals(bench):
    layout(bench, "small")
    for form, sentence in (
            ("device=0:9", 'there is no GPU or slice "0:9"'),
            ("device=MIG-00000000-0000-0000-0000-000000000000", "there is no GPU or slice"),
            ("device=0", "GPU 0 is cut into slices"), ("device=0:1;rm", "no GPU and no slice")):
        told = bench.docker.run(["--gpus", form], "true", check=False)
        expect(f"--gpus {form} is refused", told.returncode != 0, True)
        expect_in(f"--gpus {form}", told.stderr, sentence)
    told = bench.docker.run(["--gpus", "device=0:1", "-e", "NVIDIA_MIG_CONFIG_DEVICES=all"], "true",
                            check=False)
    expect_in("the right to cut", told.stderr, "may administer")
    vanished = by_index(bench)["0:1"]["uuid"]
    layout(bench, "large")
    told = bench.docker.run(["--gpus", f"device={vanished}"], "true", check=False)
    expect_in("a slice that is gone", told.stderr, "there is no GPU or slice")
    runner = start_run(bench, "7g.80gb", "--", "sleep", "60")
    told = bench.docker.run(["--gpus", "device=0:0"], "true", check=False)
    expect_in("a slice that septet run has", told.stderr, "is held by pid")
    end(runner)


def docker_hook_follows_no_link_of_an_image(bench):
    """Images whose /dev, or what is in it, leads outside; and one that has something there."""
    layout(bench, "small")
    outside = bench.scratch / "outside"
    outside.mkdir()
    rootfs = bench.scratch / "docker-rootfs"
    for name, make in (("dev-link", lambda root: _link(root / "dev", outside)),
                       ("caps-link", lambda root: _link(root / "dev/nvidia-caps", outside)),
                       ("lib-link", lambda root: _link(root / "usr", outside))):
        copy = bench.scratch / name
        run("cp", "-a", rootfs, copy)
        make(copy)
        run("tar", "-C", copy, "-cf", f"{copy}.tar", ".")
        bench.docker.command("import", f"{copy}.tar", f"{name}:septet")
        bench.docker.command("run", "--rm", "--network", "none", "--gpus", "device=0:1",
                             f"{name}:septet", "true", check=False)
        expect(f"{name}: what was made outside", list(outside.iterdir()), [])


def _link(path, target):
    if path.is_dir():
        path.rmdir()
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(target)


def docker_hook_costs_little(bench):
    """What the hook itself takes, on a container that waits; least of ten."""
    layout(bench, "small")
    began = time.monotonic()
    bench.docker.run([], "true")
    without = time.monotonic() - began
    began = time.monotonic()
    bench.docker.run(["--gpus", "device=0:1"], "true")
    with_hook = time.monotonic() - began
    name = bench.docker.command("run", "-d", "--rm", "--network", "none", "-e",
                                "NVIDIA_VISIBLE_DEVICES=none", "busybox:septet", "sleep",
                                "60").stdout.strip()
    pid = int(bench.docker.command("inspect", "-f", "{{.State.Pid}}", name).stdout)
    bundle = bench.scratch / "bundle"
    bundle.mkdir()
    (bundle / "config.json").write_text(json.dumps({
        "root": {"path": "/"}, "process": {"env": ["NVIDIA_VISIBLE_DEVICES=0:1"]}}))
    state = json.dumps({"ociVersion": "1.0", "id": "x", "pid": pid, "bundle": str(bundle)})
    took = []
    for _ in range(10):
        began = time.monotonic()
        subprocess.run([bench.hook, "prestart"], input=state, text=True, check=True,
                       env={**os.environ, **bench.environment})
        took.append(time.monotonic() - began)
    bench.docker.command("kill", name)
    print(f"        hook {min(took) * 1000:.1f} ms (a container {without * 1000:.0f} ms without, "
          f"{with_hook * 1000:.0f} ms with)", flush=True)
    if min(took) > 0.05:
        raise Failed(f"the hook takes {min(took) * 1000:.0f} ms, more than 50")


# ---- septet run

def start_run(bench, profile, *words):
    runner = subprocess.Popen([bench.gpus.septet, f"--sim={bench.state}", "run", "--profile",
                               profile, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
    wait_for("a lease", lambda: [p for p in leases(bench) if p.get("mig")] or
             runner.poll() is not None)
    return runner


def leases(bench):
    folder = pathlib.Path(f"{bench.state}.journal/runs")
    found = []
    for path in folder.glob("*.json") if folder.exists() else []:
        try:
            found.append(json.loads(path.read_text()))
        except (FileNotFoundError, json.JSONDecodeError):
            pass  # just ended, or just being written
    return found


def wait_for(what, happened, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happened():
            return
        time.sleep(0.01)
    raise Failed(f"{what} did not come within {seconds} s")


def end(runner):
    runner.send_signal(signal.SIGTERM)
    runner.communicate(timeout=20)


def run_in_a_container(bench):
    layout(bench, "small")
    before = by_index(bench)
    options = [f"--engine-option={word}" for word in bench.podman.options]
    told = run(bench.gpus.septet, f"--sim={bench.state}", "run", "--profile", "1g.20gb", *options,
               "--rootfs", bench.podman.rootfs, "--", "sh", "-c",
               "ls -1d /dev/nvidia[0-9]* /dev/nvidia-caps/*; echo $CUDA_VISIBLE_DEVICES; exit 3",
               environment=bench.podman_environment, check=False)
    expect("the exit status", told.returncode, 3)
    seen = told.stdout.split()
    expect("nodes", len([word for word in seen if word.startswith("/dev/nvidia")]), 3)
    expect("a MIG uuid", seen[-1].startswith("MIG-"), True)
    expect("the node afterwards", by_index(bench), before)


def run_in_an_image(bench):
    """The same with Docker, which runs images."""
    layout(bench, "small")
    told = run(bench.gpus.septet, f"--sim={bench.state}", "run", "--profile", "1g.20gb", "--engine",
               "docker", "--engine-option=--network=none", "--container", "busybox:septet", "--",
               "sh", "-c", "ls -1d /dev/nvidia[0-9]* /dev/nvidia-caps/*",
               environment={**os.environ, "DOCKER_HOST": bench.docker.socket})
    expect("nodes", len(told.stdout.split()), 3)


def run_publishes_its_slice_and_takes_it_back(bench):
    """CDI follows `septet run`, too."""
    layout(bench, "small")
    bench.gpus.run("publish", "cdi", "--output", "/run/cdi/")
    before = pathlib.Path("/run/cdi/nvidia.com-gpu.json").read_text()
    runner = start_run(bench, "1g.20gb", "--", "sleep", "60")
    during = pathlib.Path("/run/cdi/nvidia.com-gpu.json").read_text()
    end(runner)
    after = pathlib.Path("/run/cdi/nvidia.com-gpu.json").read_text()
    expect("another file while it runs", during != before, True)
    expect("the file afterwards", after, before)


def run_killed_leaves_no_slice_and_no_container(bench):
    """The guard, and whatever it is a parent of, gone at once: the keeper ends the container."""
    layout(bench, "small")
    before = by_index(bench)
    options = [f"--engine-option={word}" for word in bench.podman.options]
    for victims in (lambda pid: [pid], lambda pid: [pid, leases(bench)[0]["pid"]]):
        runner = subprocess.Popen(
            [bench.gpus.septet, f"--sim={bench.state}", "run", "--profile", "1g.20gb", *options,
             "--rootfs", bench.podman.rootfs, "--", "sleep", "6789"],
            env=bench.podman_environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        wait_for("the program", lambda: _running("sleep 6789"))
        for pid in victims(runner.pid):
            os.kill(pid, signal.SIGKILL)
        runner.communicate(timeout=30)
        wait_for("the end of the lease or of its holders",
                 lambda: not leases(bench) or not _running("septet"))
        bench.gpus.run("recover")
        expect("leases", leases(bench), [])
        expect("the node afterwards", by_index(bench), before)
        run("podman", *bench.podman.storage, "rm", "--all", "--force", check=False)


def _running(words):
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return any(line.startswith(words) for line in found.stdout.splitlines())


def somebody_elses_file_refuses_a_change(bench):
    layout(bench, "small")
    bench.gpus.run("publish", "cdi", "--output", "/run/cdi/")
    path = pathlib.Path("/run/cdi/nvidia.com-gpu.json")
    path.write_text("{}")
    told = run(bench.gpus.septet, f"--sim={bench.state}", "apply",
               bench.state.parent / "layout.yaml", "-c", "large", check=False)
    expect("apply fails", told.returncode, 1)
    expect_in("why", told.stderr, "somebody else has written it")
    expect_in("and the way on", told.stderr, "septet publish cdi --output")
    expect("the file", path.read_text(), "{}")
    expect("the layout", set(by_index(bench)), {"0:0", "0:1", "0:2", "1"})
    bench.gpus.run("publish", "cdi", "--output", "/run/cdi/")
    layout(bench, "large")


def apply_leaves_a_running_slice(bench):
    layout(bench, "small")
    runner = start_run(bench, "1g.20gb", "--", "sleep", "60")
    told = run(bench.gpus.septet, f"--sim={bench.state}", "apply",
               bench.state.parent / "layout.yaml", "-c", "large", check=False)
    expect("apply is refused", told.returncode, 4)
    expect_in("by whom", told.stderr, str(leases(bench)[0]["pid"]))
    end(runner)
    layout(bench, "large")


SCENARIOS = [podman_cdi_follows_the_layout, cdi_files_are_valid, docker_gives_what_gpus_asks_for,
             docker_shows_our_refusals, docker_hook_follows_no_link_of_an_image,
             docker_hook_costs_little, run_in_a_container, run_in_an_image,
             run_publishes_its_slice_and_takes_it_back,
             run_killed_leaves_no_slice_and_no_container, somebody_elses_file_refuses_a_change,
             apply_leaves_a_running_slice]

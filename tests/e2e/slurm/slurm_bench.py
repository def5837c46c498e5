"""What a scenario has in hand: a simulated node, its device files, and a Slurm cluster."""

import json
import os
import pathlib
import shutil
import subprocess

import simulated_gpus
from slurm_cluster import NODE, SlurmCluster


class Impossible(Exception):
    """This machine cannot run the scenario; the message says why."""


class Bench:
    def __init__(self, arguments, scratch):
        self.septet_path, self.library = arguments.septet, arguments.library
        self.clients, self.scratch = pathlib.Path(arguments.clients), scratch
        self.count, self.cluster, self.gpus = 0, None, None
        # Slurm resolves with AI_ADDRCONFIG: a machine with a loopback alone has no addresses.
        for command in ("link set lo up", "link add outside type veth peer name beyond",
                        "addr add 10.99.0.1/24 dev outside", "link set outside up"):
            subprocess.run(["ip", *command.split()], check=True)
        hosts = scratch / "hosts"
        hosts.write_text("127.0.0.1 localhost node-1\n")
        subprocess.run(["mount", "--bind", str(hosts), "/etc/hosts"], check=True)

    def fresh(self):
        self.count += 1
        for stale in (pathlib.Path("/dev/nvidia-caps"), pathlib.Path("/var/lib/septet")):
            shutil.rmtree(stale, ignore_errors=True)
        for stale in pathlib.Path("/dev").glob("nvidia*"):
            stale.unlink()
        self.gpus = simulated_gpus.SimulatedGpus(self.septet_path)
        self.cluster = SlurmCluster(self.scratch / f"cluster-{self.count}")

    def stop(self):
        if self.cluster:
            self.cluster.stop()

    def report(self):
        if self.cluster:
            self.cluster.report()

    def cut(self, *gpus):
        """`gpus`: each GPU's profiles, as a layout file's flow list."""
        self.gpus.create("--gpus", len(gpus), "--mig", "on")
        self.gpus.apply("gpus:\n" + "".join(
            f"- gpu: {index}\n  instances: {wish}\n" for index, wish in enumerate(gpus)))

    def septet(self, *arguments, check=True):
        done = subprocess.run(
            [self.septet_path, f"--sim={simulated_gpus.STATE}", *map(str, arguments)], text=True,
            env={**os.environ, "SLURM_CONF": str(self.cluster.conf),
                 # fleet finds septet by its name, and septet its node
                 "SEPTET_SIM": str(simulated_gpus.STATE),
                 "PATH": f"{os.path.dirname(self.septet_path)}:{os.environ['PATH']}"},
            capture_output=True, check=False, timeout=120, stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise RuntimeError(f"septet {' '.join(map(str, arguments))}: exit {done.returncode}\n"
                               f"{done.stdout}{done.stderr}")
        return done

    def published(self, *arguments):
        return json.loads(self.septet("publish", "slurm", "--node", NODE, "--json",
                                      *arguments).stdout)

    def static_node(self, confined=False):
        """gn0 in slurm.conf with what `septet publish slurm` writes; the cluster runs."""
        published = self.published()
        self.cluster.write(published["gres"], published["gres_conf"], confined)
        self.cluster.start()
        self.cluster.slurmd(NODE)
        return published

    def dynamic_node(self):
        published = self.published()
        self.cluster.write(None, published["gres_conf"])
        self.cluster.start()
        self.cluster.dynamic(NODE, published["gres"])
        return published

    def layout(self):
        """Profile names by GPU, in order of place."""
        return [sorted(instance["profile"] for instance in gpu["gpu_instances"])
                for gpu in self.gpus.status()["gpus"]]


def shadow(bench, program, script):
    """A folder for PATH in which `program` runs `script`, then the real one."""
    folder = bench.cluster.dir / f"shadow-{len(list(bench.cluster.dir.glob('shadow-*')))}"
    folder.mkdir()
    file = folder / program
    file.write_text(f'#!/bin/sh\n{script}\nexec {shutil.which(program)} "$@"\n')
    file.chmod(0o755)
    return folder

"""Podman with runc, and dockerd, as Debian ships them, on a machine of our own.

Source. How each is started without systemd, networks or a graph driver: the project's notes on
container engines (septet, 2026); podman-run(1), dockerd(8).
"""

import os
import pathlib
import shutil
import subprocess
import tarfile
import time

from own_machine import CGROUP

BUSYBOX_WORDS = ("sh", "ls", "cat", "mknod", "sleep", "true", "env", "stat", "echo", "rm", "test",
                 "kill", "ln")
# Opens every node that is named, and says how that went: the oracle of a machine without a driver.
# ENXIO: the node may be opened, and nobody is behind it. EPERM: the control group says no.
OPEN_ALL = """for f in "$@"; do e=$( { : <"$f"; } 2>&1 ) && r=opened || r=${e##*: }; echo "$f=$r"; done"""


class Failed(Exception):
    """A step of a scenario did not end as it must."""


def run(*words, environment=None, timeout=60, check=True):
    done = subprocess.run([str(word) for word in words], text=True, capture_output=True,
                          check=False, timeout=timeout, env=environment)
    if check and done.returncode:
        raise Failed(f"{' '.join(map(str, words))}: exit {done.returncode}\n"
                     f"{done.stdout}{done.stderr}")
    return done


def make_rootfs(folder):
    """A root of busybox alone."""
    for name in ("bin", "dev", "proc", "sys", "etc", "tmp"):
        (folder / name).mkdir(parents=True)
    shutil.copy(shutil.which("busybox"), folder / "bin/busybox")
    for word in BUSYBOX_WORDS:
        (folder / "bin" / word).symlink_to("busybox")
    (folder / "etc/passwd").write_text("root:x:0:0:root:/:/bin/sh\n")
    return folder


class Podman:
    def __init__(self, scratch):
        self.rootfs = make_rootfs(scratch / "podman-rootfs")
        self.storage = ["--root", scratch / "podman/root", "--runroot", scratch / "podman/run",
                        "--tmpdir", scratch / "podman/tmp", "--events-backend", "none",
                        "--runtime", "runc", "--cgroup-manager", "cgroupfs"]
        self.options = ["--network", "none", "--cgroup-parent", f"/{CGROUP}", "--ulimit",
                        "nofile=1024:1024", "--ulimit", "nproc=1024:1024"]

    def version(self):
        return run("podman", "--version").stdout.strip()

    def run(self, options, *command, check=True):
        return run("podman", *self.storage, "run", "--rm", *self.options, *options, "--rootfs",
                   self.rootfs, *command, check=check)


class Docker:
    """dockerd with septet's hook first on its PATH."""

    def __init__(self, scratch, hook, environment):
        self.scratch, self.folder = scratch, scratch / "docker"
        self.hooks = scratch / "hooks"
        self.hooks.mkdir()
        (self.hooks / "nvidia-container-runtime-hook").symlink_to(hook)
        self.socket = f"unix://{self.folder}/docker.sock"
        self.environment = {**os.environ, **environment,
                            "PATH": f"{self.hooks}:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.daemon = None

    def start(self):
        self.folder.mkdir()
        log = open(self.folder / "log", "w", encoding="utf-8")
        self.daemon = subprocess.Popen(
            ["/usr/sbin/dockerd", "-H", self.socket, "--data-root", self.folder / "data",
             "--exec-root", self.folder / "exec", "--pidfile", self.folder / "pid", "--bridge=none",
             "--iptables=false", "--ip6tables=false", "--cgroup-parent", f"/{CGROUP}",
             "--storage-driver", "vfs", "--exec-opt", "native.cgroupdriver=cgroupfs"],
            stdout=log, stderr=log, env=self.environment)
        for _ in range(300):
            if self.command("version", check=False).returncode == 0:
                break
            if self.daemon.poll() is not None:
                raise Failed(f"dockerd ended:\n{self.log()}")
            time.sleep(0.1)
        archive = self.scratch / "image.tar"
        with tarfile.open(archive, "w") as tar:
            tar.add(make_rootfs(self.scratch / "docker-rootfs"), arcname=".")
        self.command("import", archive, "busybox:septet")

    def log(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def command(self, *words, check=True):
        return run("/usr/bin/docker", "-H", self.socket, *words, check=check,
                   environment=self.environment)

    def run(self, options, *command, check=True):
        return self.command("run", "--rm", "--network", "none", *options, "busybox:septet",
                            *command, check=check)

    def version(self):
        return self.command("version", "--format", "dockerd {{.Server.Version}}").stdout.strip()

    def stop(self):
        if self.daemon is None:
            return
        self.daemon.terminate()
        try:
            self.daemon.wait(20)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait()
        self.daemon = None


def nodes_in(engine, options):
    """The GPU nodes that a container sees."""
    listed = engine.run(options, "sh", "-c",
                        "ls -1d /dev/nvidia[0-9]* /dev/nvidia-caps/* 2>/dev/null; true").stdout
    return set(listed.split())


def opened_in(engine, options, *nodes):
    """Node to how opening it went."""
    told = engine.run(options, "sh", "-c", OPEN_ALL, "sh", *nodes).stdout
    return dict(line.rsplit("=", 1) for line in told.splitlines())


def missing_programs():
    wanted = {"podman": "podman", "runc": "runc", "busybox": "busybox-static",
              "/usr/sbin/dockerd": "docker.io", "/usr/bin/docker": "docker.io"}
    return sorted({package for program, package in wanted.items()
                   if not (shutil.which(program) or pathlib.Path(program).exists())})

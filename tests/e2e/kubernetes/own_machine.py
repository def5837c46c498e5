"""A machine of our own for one run: what the cluster spoils is gone when the run is.

The run goes on as a child of `unshare` with its own mounts, network, processes and host name. Its
network has a loopback and what the run adds, so every port is free; /dev, /run, /var/lib and
/var/log are its own; and the first process's end, however it comes, ends every process of the run,
containers too. What outlives a killed run, cgroups and a folder, the next run removes.

Source. namespaces(7), pid_namespaces(7): when the first process ends, the kernel kills the others.
"""

import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

NODE = "node-1"  # its host name
CGROUP = "septet-e2e"  # of everything that kubelet starts
MARK = "SEPTET_E2E_INSIDE"
V1_CONTROLLERS = ("cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids",
                  "hugetlb", "systemd")
# kubelet sets these for the whole machine; here it finds them set already, and the machine keeps
# its own values.
KERNEL_SETTINGS = {"vm/overcommit_memory": "1", "vm/panic_on_oom": "0", "kernel/panic": "10",
                   "kernel/panic_on_oops": "1", "kernel/keys/root_maxkeys": "1000000",
                   "kernel/keys/root_maxbytes": "25000000"}


class NotPossibleHere(Exception):
    """This machine cannot run a cluster; the message says why."""


def inside():
    return MARK in os.environ


def _run(*command):
    subprocess.run(command, check=True, capture_output=True, text=True)


def enter():
    """Replaces this process by the same command in a machine of its own. Needs root."""
    if os.geteuid() != 0:
        raise NotPossibleHere("a cluster needs root (mounts, network and cgroups of its own)")
    probe = subprocess.run(["unshare", "--mount", "--net", "--pid", "--uts", "--fork",
                            "--mount-proc", "true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        raise NotPossibleHere(f"no namespaces here: {probe.stderr.strip()}")
    os.environ[MARK] = "1"
    os.execvp("unshare", ["unshare", "--mount", "--net", "--pid", "--uts", "--fork", "--kill-child",
                          "--mount-proc", "--propagation", "private", sys.executable,
                          os.path.abspath(sys.argv[0]), *sys.argv[1:]])


def skip(what, reason):
    """What this machine cannot run, in CI too: said, and seen among ctest's skipped tests."""
    print(f"{what}: {reason}\nSKIPPED: {what}", file=sys.stderr, flush=True)
    sys.exit(77)


def move_in(what, keep):
    """The scratch folder of a machine of our own; ends the test as skipped where there is none."""
    try:
        if not inside():
            enter()
        return become_first_process(keep)
    except NotPossibleHere as reason:
        return skip(what, reason)


def become_first_process(keep):
    """Prepares the machine and forks: the child gets the scratch folder. The parent stays process
    1, buries orphans, tidies up after the child and exits as it does."""
    scratch = _prepare()
    child = os.fork()
    if child == 0:
        return scratch
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda signum, _: os.kill(child, signum))
    status = None
    while status is None:
        pid, ended = os.wait()
        if pid == child:
            status = ended
    _end_everybody()
    remove_cgroups()
    if keep:
        (scratch / "kept").touch()
        print(f"kept: {scratch}", file=sys.stderr)
    else:
        _remove(scratch)
    os._exit(os.waitstatus_to_exitcode(status) & 0xff)


def _remove(scratch):
    mounts = [line.split()[1] for line in open("/proc/self/mounts", encoding="utf-8")]
    for target in reversed(mounts):
        if target.startswith((f"{scratch}/", "/var/lib", "/var/log", "/run/")):
            subprocess.run(["umount", "--lazy", target], capture_output=True, check=False)
    shutil.rmtree(scratch, ignore_errors=True)


def _end_everybody():
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def cgroup_hierarchies():
    root = pathlib.Path("/sys/fs/cgroup")
    if (root / "cgroup.controllers").exists():
        return [root]
    return [p for p in root.iterdir() if p.is_dir() and not p.is_symlink()]


def remove_cgroups():
    """The deepest first; a group is busy for a moment after its last process ended."""
    for hierarchy in cgroup_hierarchies():
        for folder, _, _ in os.walk(hierarchy / CGROUP, topdown=False):
            for _ in range(50):
                try:
                    os.rmdir(folder)
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.02)


def _mount_cgroups():
    """Where the machine has not mounted what kubelet needs: as version 1, which any kernel that
    has the controllers can do beside whatever is mounted elsewhere."""
    root = pathlib.Path("/sys/fs/cgroup")
    if (root / "cgroup.controllers").exists() or (root / "memory/cgroup.procs").exists():
        return
    _run("mount", "-t", "tmpfs", "-o", "mode=755", "cgroup", str(root))
    for name in V1_CONTROLLERS:
        (root / name).mkdir()
        option = "none,name=systemd" if name == "systemd" else name
        done = subprocess.run(["mount", "-t", "cgroup", "-o", option, "cgroup", str(root / name)],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            (root / name).rmdir()
    if not (root / "memory").exists() or not (root / "devices").exists():
        raise NotPossibleHere("the kernel gives no memory and devices cgroups to mount")


def _own_cgroup():
    remove_cgroups()
    for hierarchy in cgroup_hierarchies():
        group = hierarchy / CGROUP
        group.mkdir(exist_ok=True)
        for name in ("cpuset.cpus", "cpuset.mems"):  # version 1: empty, and then nothing may run
            if (group / name).exists():
                (group / name).write_text((hierarchy / name).read_text())


def _own_dev(scratch):
    dev = scratch / "dev"
    dev.mkdir()
    _run("mount", "-t", "tmpfs", "-o", "mode=755", "dev", str(dev))
    for name, minor in (("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9)):
        make_device(dev / name, 1, minor)
    make_device(dev / "tty", 5, 0)
    make_device(dev / "ptmx", 5, 2)
    make_device(dev / "kmsg", 1, 11)  # kubelet looks there for processes killed for memory
    for name in ("pts", "shm"):
        (dev / name).mkdir()
        if os.path.isdir(f"/dev/{name}"):
            _run("mount", "--rbind", f"/dev/{name}", str(dev / name))
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"),
                         ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")):
        (dev / name).symlink_to(target)
    _run("mount", "--move", str(dev), "/dev")


def make_device(path, major, minor):
    os.mknod(path, 0o020000 | 0o666, os.makedev(major, minor))
    os.chmod(path, 0o666)  # past the umask


def _own_folders(scratch):
    for name in ("var/lib", "var/log"):
        own = scratch / name
        own.mkdir(parents=True)
        _run("mount", "--bind", str(own), f"/{name}")
    _run("mount", "-t", "tmpfs", "-o", "mode=755", "run", "/run")
    settings = scratch / "kernel"
    for name, value in KERNEL_SETTINGS.items():
        if os.path.exists(f"/proc/sys/{name}"):
            own = settings / name
            own.parent.mkdir(parents=True, exist_ok=True)
            own.write_text(value + "\n")
            _run("mount", "--bind", str(own), f"/proc/sys/{name}")


def _only_run(folder):
    """Waits for another run's end; the lock ends with this process, however it ends."""
    lock = open(folder / "septet-e2e.lock", "w")
    for _ in range(1800):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            time.sleep(1)
    raise NotPossibleHere(f"another run holds {lock.name} for half an hour")


def _prepare():
    folder = pathlib.Path(tempfile.gettempdir())
    _prepare.lock = _only_run(folder)
    for stale in folder.glob("septet-e2e-*"):
        if not (stale / "kept").exists():
            shutil.rmtree(stale, ignore_errors=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="septet-e2e-"))
    _own_dev(scratch)
    _own_folders(scratch)
    _mount_cgroups()
    _own_cgroup()
    _run("hostname", NODE)
    return scratch

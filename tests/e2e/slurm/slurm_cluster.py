"""munge, slurmctld and slurmd on loopback, in a folder of their own.

One node, gn0, has the simulated GPUs: in slurm.conf, or dynamic (`slurmd -Z`). The other,
`neighbour`, has none and must never notice. Source: slurm.conf(5); what each line is for stands in
docs/slurm.md.
"""

import json
import os
import pathlib
import signal
import subprocess
import time

NODE, NEIGHBOUR = "gn0", "neighbour"

CONF = """\
ClusterName=septet
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPidFile={dir}/slurmctld.pid
SlurmctldLogFile={dir}/slurmctld.log
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={dir}/munge/socket
SlurmdSpoolDir={dir}/spool/%n
SlurmdPidFile={dir}/slurmd.%n.pid
SlurmdLogFile={dir}/slurmd.%n.log
StateSaveLocation={dir}/state
MailProg=/bin/true
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0,bf_interval=1,bf_min_age_reserve=0
GresTypes=gpu
ReturnToService=2
SlurmdParameters=config_overrides
MaxNodeCount=16
TreeWidth=65533
PluginDir={plugins}
{confine}
{extra}
NodeSet=mignodes Feature=mig
NodeName=neighbour NodeHostname=localhost NodeAddr=127.0.0.1 Port=17002 CPUs=8 RealMemory=1000
{nodes}
PartitionName=mig Nodes=mignodes,{members} Default=YES MaxTime=INFINITE State=UP
"""
LOOSE = "ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none"
CONFINED = "ProctrackType=proctrack/cgroup\nTaskPlugin=task/cgroup"
CGROUP = ("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\nCgroupMountpoint=/sys/fs/cgroup\n"
          "ConstrainDevices=yes\n")
STATIC = "NodeName=gn0 NodeHostname=localhost NodeAddr=127.0.0.1 Port=17001 CPUs={cpus} " \
         "RealMemory=1000 Gres={gres}"
PLUGINS = "/usr/lib/x86_64-linux-gnu/slurm-wlm"


def wait_for(what, seconds, check):
    """The first true answer of `check`; the answers come from other processes, so it asks again."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


class SlurmCluster:
    def __init__(self, folder):
        self.dir = pathlib.Path(folder)
        self.conf, self.gres = self.dir / "slurm.conf", self.dir / "gres.conf"
        for name in ("munge", "state", "spool"):
            (self.dir / name).mkdir(parents=True)
        self.environment = {**os.environ, "SLURM_CONF": str(self.conf)}
        self.front = None

    def write(self, gres=None, gres_conf="", confined=False, plugins=PLUGINS, cpus=16,
              extra=""):
        """`gres`: of gn0 as a node of slurm.conf; None: gn0 is dynamic. `cpus`: more than there
        are, but where the plugin tells which are near a GPU, and Slurm goes by that. `extra`:
        lines of slurm.conf."""
        self.conf.write_text(CONF.format(
            dir=self.dir, plugins=plugins, extra=extra, confine=CONFINED if confined else LOOSE,
            nodes=STATIC.format(gres=gres, cpus=cpus) if gres else "",
            members=f"{NEIGHBOUR},{NODE}" if gres else NEIGHBOUR))
        self.gres.write_text(gres_conf)
        (self.dir / "cgroup.conf").write_text(CGROUP if confined else "CgroupPlugin=cgroup/v1\n")

    def start(self):
        key, munge = self.dir / "munge.key", self.dir / "munge"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self.dir.chmod(0o755)
        self.run("munged", "--force", f"--key-file={key}", f"--socket={munge}/socket",
                 f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed")
        self.run("slurmctld", "-c", "-f", self.conf)
        self.slurmd(NEIGHBOUR)

    def slurmd(self, node, *arguments, within=()):
        """Starts a slurmd (behind `within`, which may give it other files to see)."""
        self.run(*within, "slurmd", "-N", node, "-f", self.conf, *arguments)
        wait_for(f"{node} to register", 20, lambda: self.state(node) in
                 ("idle", "mixed", "allocated"))

    def slurmd_in_front(self, node, within):
        """As a child of `within`, whose end is its end."""
        log = open(self.dir / "within.log", "w")
        self.front = subprocess.Popen([*map(str, within), "slurmd", "-D", "-N", node, "-f",
                                       str(self.conf)], env=self.environment, stdout=log,
                                      stderr=log, stdin=subprocess.DEVNULL)
        wait_for(f"{node} to register", 20, lambda: self.state(node) in
                 ("idle", "mixed", "allocated"))

    def dynamic(self, node, gres):
        self.slurmd(node, "-Z", "--conf", f"CPUs=16 RealMemory=1000 Feature=mig Gres={gres}")

    def run(self, *command, check=True):
        done = subprocess.run(list(map(str, command)), env=self.environment, text=True,
                              capture_output=True, check=False, timeout=60,
                              stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}\n"
                               f"{done.stdout}{done.stderr}")
        return done

    def node(self, name):
        nodes = json.loads(self.run("sinfo", "--json").stdout)["nodes"]
        return next((one for one in nodes if one["name"] == name), None)

    def state(self, name):
        node = self.node(name)
        if node is None or "NOT_RESPONDING" in node["state_flags"]:
            return None
        return node["state"]

    def jobs(self):
        return {job["job_id"]: job for job in json.loads(self.run("squeue", "--json").stdout)["jobs"]}

    def submit(self, script, *arguments):
        done = self.run("sbatch", "--parsable", "-o", self.dir / "job-%j.out", *arguments, "--wrap",
                        script)
        return int(done.stdout.split(";")[0])

    def is_running(self, job):
        return job in self.jobs() and self.jobs()[job]["job_state"] == "RUNNING"

    def wait_running(self, job, seconds=20):
        wait_for(f"job {job} to run", seconds, lambda: self.is_running(job))

    def wait_over(self, job, seconds=30):
        wait_for(f"job {job} to end", seconds, lambda: self.jobs().get(job, {}).get(
            "job_state", "COMPLETED") in ("COMPLETED", "CANCELLED", "FAILED"))

    def output(self, job):
        return (self.dir / f"job-{job}.out").read_text()

    def controller_pid(self):
        return int((self.dir / "slurmctld.pid").read_text())

    def stop(self):
        if self.conf.exists() and (self.dir / "slurmctld.pid").exists():
            self.run("scancel", "--user=root", check=False)
        pids = [*self.dir.glob("slurmd.*.pid"), self.dir / "slurmctld.pid", self.dir / "munge/pid"]
        for file in pids:
            self._end(file)
        if self.front:
            self.front.wait(20)

    def _end(self, file):
        try:
            pid = int(file.read_text())
            os.kill(pid, signal.SIGTERM)
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return
        wait_for(f"{file.name} to end", 20, lambda: not os.path.exists(f"/proc/{pid}"))

    def report(self):
        for log in sorted(self.dir.glob("*.log")):
            lines = [line for line in log.read_text(errors="replace").splitlines()
                     if "mpi" not in line.lower()]
            print(f"---- {log.name}", *lines[-25:], sep="\n")

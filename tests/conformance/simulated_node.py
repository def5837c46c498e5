"""septet's command line, as far as the conformance drivers need it to make and disturb a node."""

import atexit
import json
import subprocess


class Node:
    """A simulated node: the septet program and the node's state file."""

    def __init__(self, septet, state):
        self.septet, self.state = septet, state
        self.pids = set()
        atexit.register(self.stop_all)

    def command(self, *arguments, as_json=False):
        return [self.septet, f"--sim={self.state}", *(["--json"] if as_json else []),
                *(str(a) for a in arguments)]

    def run(self, *arguments, **options):
        """Output of septet; what it says and does when it fails goes into the exception."""
        done = subprocess.run(self.command(*arguments, **options), text=True, capture_output=True,
                              timeout=60, check=False)
        if done.returncode:
            raise RuntimeError(f"septet {' '.join(map(str, arguments))}: exit {done.returncode}\n"
                               f"{done.stdout}{done.stderr}")
        return done.stdout

    def status(self):
        return json.loads(self.run("status", as_json=True))

    def create(self, *arguments):
        self.run("sim", "create", *arguments)

    def inside(self, *command):
        """The command line that runs `command` against this node."""
        return self.command("sim", "run", "--", *command)

    def xid(self, number, gpu, gi=None, ci=None):
        place = [w for flag, v in (("--gi", gi), ("--ci", ci)) if v is not None for w in (flag, v)]
        self.run("sim", "fault", "xid", number, "--gpu", gpu, *place)

    def start_process(self, gpu, gi=None, memory=1024, sm=50):
        """Returns the pid of a pretend workload."""
        place = [] if gi is None else ["--gi", gi]
        return self._started("process", "start", "--gpu", gpu, *place, "--memory", memory,
                             "--sm", sm)

    def hold_gpu(self, gpu):
        """Returns the pid of a client such as Xorg that has the whole GPU open."""
        return self._started("fault", "in-use", "--gpu", gpu)

    def _started(self, *arguments):
        pid = int(self.run("sim", *arguments).split()[-1])
        self.pids.add(pid)
        return pid

    def stop_process(self, pid):
        self.pids.discard(pid)
        self.run("sim", "process", "stop", pid)

    def stop_all(self):
        for pid in list(self.pids):
            self.stop_process(pid)

"""A SLURM of one node in a folder of its own: controller, node daemon and munge, with a GPU that is /dev/null."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

DAEMONS = {"mungekey", "munged", "slurmctld", "slurmd"}
CLIENTS = {"sbatch", "srun", "scancel", "scontrol", "sinfo", "squeue"}
PACKAGES = "slurmctld slurmd slurm-client munge"
PATIENCE = 180  # seconds that a daemon may take to start or to stop

# Memory and CPUs are what jobs are given by; config_overrides has the node believed to have what is written here.
SLURM_CONF = """
ClusterName=single
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000
SlurmdParameters=config_overrides
MinJobAge=3600
KillWait=2
GresTypes=gpu
NodeName=node NodeHostname={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=64000 Gres=gpu:1
PartitionName=all Nodes=node Default=YES MaxTime=INFINITE State=UP
"""
GRES_CONF = "NodeName=node Name=gpu File=/dev/null\n"
# The executor clears SLURM's variables in a job, and with them the way to this configuration.
SRUN = '#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {srun} "$@"\n'


class CannotStart(Exception):
    """SLURM is missing here, or one of its daemons does not start; the message says which and why."""


class SingleNode:
    """The cluster, started by `with`; `environment` is what its clients, Snakemake among them, run in."""

    def __enter__(self):
        # Debian keeps the daemons where only root's PATH leads
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        missing = sorted(name for name in DAEMONS | CLIENTS | {"setpriv"} if not shutil.which(name, path=path))
        if missing:
            raise CannotStart(f"no SLURM here, for want of {', '.join(missing)}: apt-get install {PACKAGES}")
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-"))  # sockets want a short path
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM", "SBATCH"))}
        path = f"{self.folder}/bin:{path}"
        self.environment = {**inherited, "PATH": path, "SLURM_CONF": str(self.folder / "slurm.conf")}
        self.daemons = {}
        try:
            self.configure()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if "slurmd" in self.daemons:
            self.call("scancel", "--partition", "all")
            self.wait(lambda: not self.call("squeue", "--noheader"))
        for daemon in reversed(self.daemons.values()):
            daemon.terminate()
        for daemon in self.daemons.values():
            try:
                daemon.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                daemon.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self) -> None:
        """Write the configuration, munge's key, and an `srun` that finds the configuration."""
        for name in ("bin", "state", "spool"):
            (self.folder / name).mkdir()
        srun = self.folder / "bin/srun"
        srun.write_text(SRUN.format(folder=self.folder, srun=shutil.which("srun")), encoding="utf-8")
        srun.chmod(0o755)
        controller_port, node_port = free_ports(2)
        user = self.call("id", "--user", "--name")
        values = {"host": socket.gethostname(), "user": user.strip(), "folder": self.folder}
        conf = SLURM_CONF.format(controller_port=controller_port, node_port=node_port, **values)
        (self.folder / "slurm.conf").write_text(conf, encoding="utf-8")
        (self.folder / "gres.conf").write_text(GRES_CONF, encoding="utf-8")
        self.call("mungekey", "--create", "--keyfile", str(self.folder / "munge.key"))

    def start(self) -> None:
        """Start the daemons one after the other, each when the one before answers."""
        files = {"key": "key", "log": "log", "pid": "pid", "seed": "seed"}
        places = [f"--{option}-file={self.folder}/munge.{name}" for option, name in files.items()]
        self.daemon("munged", "--foreground", "--force", f"--socket={self.folder}/munge.socket", *places)
        self.wait_for("munged", lambda: (self.folder / "munge.socket").exists())
        self.daemon("slurmctld", "-D")
        self.wait_for("slurmctld", lambda: "UP" in self.call("scontrol", "ping"))
        self.daemon("slurmd", "-D", "-N", "node")
        self.wait_for("slurmd", lambda: "idle" in self.call("sinfo", "--noheader", "--format=%T"))

    def daemon(self, name: str, *arguments: str) -> None:
        """Start a daemon as a child that the system ends should this process die."""
        with open(self.folder / f"{name}.out", "wb") as out:
            command = ["setpriv", "--pdeathsig", "TERM", "--", name, *arguments]
            self.daemons[name] = subprocess.Popen(command, env=self.environment, stdout=out, stderr=out)

    def wait_for(self, name: str, ready) -> None:
        """Wait until the daemon is `ready()`, or say what it said."""
        if not self.wait(lambda: ready() or self.daemons[name].poll() is not None) or not ready():
            said = (self.folder / f"{name}.out").read_text(errors="replace").splitlines()
            raise CannotStart(f"{name} does not start: {' / '.join(said[-5:])}")

    def wait(self, condition) -> bool:
        """Whether `condition()` comes true in time."""
        end = time.monotonic() + PATIENCE
        while not (met := condition()) and time.monotonic() < end:
            time.sleep(0.2)
        return bool(met)

    def call(self, *command: str) -> str:
        """What a client prints; nothing where it fails."""
        run = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return run.stdout if run.returncode == 0 else ""

    def jobs(self) -> list[dict[str, str]]:
        """Every job so far, as `scontrol show job` describes it: `JobId`, `Comment`, `JobState`, `TRES`, ..."""
        lines = self.call("scontrol", "show", "job", "--oneliner").splitlines()
        jobs = [dict(field.split("=", 1) for field in line.split() if "=" in field) for line in lines]
        return [job for job in jobs if "JobId" in job]

    def job(self, number: str) -> dict[str, str]:
        """The job of this `JobId`."""
        return next(job for job in self.jobs() if job["JobId"] == number)


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports

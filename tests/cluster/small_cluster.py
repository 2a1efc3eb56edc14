"""A SLURM of two nodes on this machine, in a folder of its own: two partitions, accounting, a GPU that is /dev/null."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path

DAEMONS = {"mungekey", "munged", "mariadb-install-db", "mariadbd", "slurmdbd", "slurmctld", "slurmd"}
CLIENTS = {"sacct", "sacctmgr", "sbatch", "scancel", "scontrol", "sinfo", "squeue", "srun"}
PACKAGES = "slurmctld slurmd slurmdbd slurm-client munge mariadb-server-core mariadb-client-core"
PATIENCE = 180  # seconds that a daemon may take to start or to stop

# The nodes share this machine, each at a port of its own; Debian builds SLURM with --enable-multiple-slurmd. Memory and
# CPUs are what jobs are given by; config_overrides has the nodes believed to have what is written here.
SLURM_CONF = """
ClusterName=small
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
{memory}
MpiDefault=none
SwitchType=switch/none
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={database_port}
AccountingStoragePass={folder}/munge.socket
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000
SlurmdParameters=config_overrides
MinJobAge=3600
KillWait=2
GresTypes=gpu
NodeName={node1} NodeHostname={host} NodeAddr=127.0.0.1 Port={node1_port} CPUs=1 RealMemory=64000
NodeName={node2} NodeHostname={host} NodeAddr=127.0.0.1 Port={node2_port} CPUs=1 RealMemory=64000 Gres=gpu:1
PartitionName=all Nodes={node1},{node2} Default=YES MaxTime=INFINITE State=UP
PartitionName=gpu Nodes={node2} MaxTime=INFINITE State=UP
"""
SLURMDBD_CONF = """
DbdHost={host}
DbdAddr=127.0.0.1
DbdPort={database_port}
SlurmUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
PidFile={folder}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageUser=root
"""
GRES_CONF = "NodeName={node2} Name=gpu File=/dev/null\n"
CGROUP_CONF = """
CgroupPlugin=cgroup/v1
CgroupMountpoint=/sys/fs/cgroup
ConstrainRAMSpace=yes
"""
# A job that holds more memory than it asked for is ended by the kernel where a control group can be made for it, which
# SLURM calls OUT_OF_MEMORY. Elsewhere SLURM looks every second, ends it itself, and in this version calls it FAILED.
CONTROL_GROUPS = os.access("/sys/fs/cgroup/memory/tasks", os.W_OK)
MEMORY = "TaskPlugin=task/cgroup" if CONTROL_GROUPS else "TaskPlugin=task/none\nJobAcctGatherParams=OverMemoryKill"
ACCOUNT = "lab"
# The executor clears SLURM's variables in a job, and with them the way to this configuration.
SRUN = '#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {srun} "$@"\n'


class CannotStart(Exception):
    """SLURM is missing here, or one of its daemons does not start; the message says which and why."""


class SmallCluster:
    """The cluster, started by `with`; `environment` is what its clients, Snakemake among them, run in."""

    def __enter__(self):
        # Debian keeps the daemons where only root's PATH leads
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        missing = sorted(name for name in DAEMONS | CLIENTS | {"setpriv"} if not shutil.which(name, path=path))
        if missing:
            raise CannotStart(f"no SLURM here, for want of {', '.join(missing)}: apt-get install {PACKAGES}")
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-"))  # sockets want a short path
        self.nodes = [f"{self.folder.name}-{number}" for number in (1, 2)]  # as their control groups are called
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM", "SBATCH"))}
        path = f"{self.folder}/bin:{path}"
        places = {"SLURM_CONF": f"{self.folder}/slurm.conf", "MYSQL_UNIX_PORT": f"{self.folder}/mariadb.socket"}
        self.environment = {**inherited, **places, "PATH": path}
        self.daemons = {}
        try:
            self.configure()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.nodes[-1] in self.daemons:
            self.call("scancel", "--user", self.user())
            self.wait(lambda: not self.call("squeue", "--noheader"))
        for daemon in reversed(self.daemons.values()):
            daemon.terminate()
        for daemon in self.daemons.values():
            try:
                daemon.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                daemon.kill()
        groups = [path for path in Path("/sys/fs/cgroup").glob(f"*/slurm_{self.folder.name}-*/**/") if path.is_dir()]
        for group in sorted(groups, reverse=True):  # those of jobs that were ended stay behind
            self.wait(partial(is_removed, group))
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self) -> None:
        """Write the configuration, munge's key, an empty database, and an `srun` that finds the configuration."""
        for name in ("bin", "state", *(f"spool-{node}" for node in self.nodes)):
            (self.folder / name).mkdir()
        srun = self.folder / "bin/srun"
        srun.write_text(SRUN.format(folder=self.folder, srun=shutil.which("srun")), encoding="utf-8")
        srun.chmod(0o755)
        names = ("controller_port", "database_port", "node1_port", "node2_port")
        values = dict(zip(names, free_ports(len(names)), strict=True))
        values |= {"host": socket.gethostname(), "user": self.user(), "folder": self.folder, "memory": MEMORY}
        values |= dict(zip(("node1", "node2"), self.nodes, strict=True))
        texts = {"slurm": SLURM_CONF, "slurmdbd": SLURMDBD_CONF, "gres": GRES_CONF, "cgroup": CGROUP_CONF}
        for name, text in texts.items():
            conf = self.folder / f"{name}.conf"
            conf.write_text(text.format(**values), encoding="utf-8")
            conf.chmod(0o600)  # slurmdbd insists
        self.call("mungekey", "--create", "--keyfile", str(self.folder / "munge.key"))
        # --force: this machine's name need not be known to its resolver
        options = ["--auth-root-authentication-method=normal", "--force", "--skip-test-db"]
        command = ["mariadb-install-db", *self.database(), *options]
        made = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if made.returncode:
            raise CannotStart(f"mariadb-install-db makes no database: {' '.join(made.stdout.split())}")

    def database(self) -> list[str]:
        """MariaDB's options for a small database in this folder."""
        options = ["--no-defaults", f"--user={self.user()}", f"--datadir={self.folder}/database"]
        return [*options, "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=32M"]

    def start(self) -> None:
        """Start the daemons one after the other, each when the one before answers."""
        files = {"key": "key", "log": "log", "pid": "pid", "seed": "seed"}
        places = [f"--{option}-file={self.folder}/munge.{name}" for option, name in files.items()]
        self.daemon("munged", "--foreground", "--force", f"--socket={self.folder}/munge.socket", *places)
        self.wait_for("munged", lambda: (self.folder / "munge.socket").exists())
        # reached by its socket alone, without a password, in a folder that others cannot enter
        places = [
            "--skip-networking",
            f"--socket={self.folder}/mariadb.socket",
            f"--pid-file={self.folder}/mariadb.pid",
        ]
        self.daemon("mariadbd", *self.database(), *places)
        self.wait_for("mariadbd", lambda: (self.folder / "mariadb.socket").exists())
        self.daemon("slurmdbd", "-D")
        self.wait_for("slurmdbd", lambda: self.call("sacctmgr", "--noheader", "show", "tres"))
        for new in ("cluster", "small"), ("account", ACCOUNT), ("user", self.user(), f"account={ACCOUNT}"):
            self.call("sacctmgr", "--immediate", "add", *new)
        self.daemon("slurmctld", "-D")
        self.wait_for("slurmctld", lambda: "UP" in self.call("scontrol", "ping"))
        for node in self.nodes:
            self.daemon("slurmd", "-D", "-N", node, name=node)
            self.wait_for(node, partial(self.is_idle, node))

    def daemon(self, program: str, *arguments: str, name: str | None = None) -> None:
        """Start a daemon as a child that the system ends should this process die."""
        name = name or program
        with open(self.folder / f"{name}.out", "wb") as out:
            command = ["setpriv", "--pdeathsig", "TERM", "--", program, *arguments]
            self.daemons[name] = subprocess.Popen(command, env=self.environment, stdout=out, stderr=out)

    def is_idle(self, node: str) -> bool:
        """Whether a node waits for jobs."""
        return "idle" in self.call("sinfo", "--noheader", "--format=%T", "--nodes", node)

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

    def user(self) -> str:
        """The name of who runs this."""
        return subprocess.run(["id", "--user", "--name"], capture_output=True, text=True, check=True).stdout.strip()

    def jobs(self, folder: Path) -> list[dict[str, str]]:
        """Every job submitted from a folder, as `scontrol show job` has it: `JobId`, `Comment`, `JobState`, ..."""
        lines = self.call("scontrol", "show", "job", "--oneliner").splitlines()
        jobs = [dict(field.split("=", 1) for field in line.split() if "=" in field) for line in lines]
        return [job for job in jobs if job.get("WorkDir") == str(folder)]

    def booked(self, number: str, *fields: str) -> list[str]:
        """What the accounting says of a job."""
        command = (
            "sacct",
            "--allocations",
            "--noheader",
            "--parsable2",
            "--jobs",
            number,
            "--format",
            ",".join(fields),
        )
        return self.call(*command).strip().split("|")


def is_removed(group: Path) -> bool:
    """End what outlived its job in a control group, and remove the group; not while a process is still in it."""
    with contextlib.suppress(OSError):
        for process in (group / "cgroup.procs").read_text().split():
            os.kill(int(process), signal.SIGKILL)
        group.rmdir()
    return not group.exists()


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports

"""Our tool as it is packed and podman, each with folders of its own, and whole commands that are timed."""

import json
import os
import shutil
import subprocess
import time
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))


def timed(command, environment=None, accept=(0,)):
    """Milliseconds from before the start until it is reaped, and what it wrote."""
    begin = time.monotonic()
    process = subprocess.Popen(command, env=os.environ | (environment or {}), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read().decode(errors="replace")
    _, status = os.waitpid(process.pid, 0)
    milliseconds = (time.monotonic() - begin) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accept:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{output[-4000:]}")
    return milliseconds, output


class Ours:
    name = "Containerize"

    def __init__(self, work):
        feed = os.path.join(REPOSITORY, "artifacts/packages")
        rid = "linux-arm64" if os.uname().machine == "aarch64" else "linux-x64"
        package = next(f for f in os.listdir(feed) if f.startswith(f"dotnet-containerize.{rid}."))
        folder = os.path.join(work, "tool")
        with zipfile.ZipFile(os.path.join(feed, package)) as archive:
            archive.extractall(folder)
        self.program = next(os.path.join(d, "dotnet-containerize") for d, _, files in os.walk(folder) if "dotnet-containerize" in files)
        for directory, _, files in os.walk(folder):
            for file in files:
                if file in ("dotnet-containerize", "containerize-runtime"):
                    os.chmod(os.path.join(directory, file), 0o755)
        self.root = os.path.join(work, "ours")

    def run(self, *arguments, environment=None, accept=(0,)):
        return timed([self.program, *arguments], {"CONTAINERIZE_ROOT": self.root} | (environment or {}), accept)

    def clear(self):
        for id_ in self.run("ps", "-aq")[1].split():
            self.run("rm", "-f", id_)
        shutil.rmtree(self.root, ignore_errors=True)

    def move(self, folder):
        """Goes on with an empty store; what the other has stays until the end."""
        self.root = folder


class Podman:
    """podman with its storage in a folder of its own, and settings without which it does not start where hard limits are low."""

    name = "podman"

    def __init__(self, work):
        self.root = os.path.join(work, "podman")
        self.settings = os.path.join(work, "containers.conf")
        with open(self.settings, "w") as f:
            f.write(
                '[containers]\ndefault_ulimits=["nofile=20000:20000","nproc=32768:32768"]\n'
                '[engine]\ncgroup_manager="cgroupfs"\nevents_logger="file"\nruntime="runc"\n'
            )
        policy = os.path.join(work, "policy.json")
        with open(policy, "w") as f:
            json.dump({"default": [{"type": "insecureAcceptAnything"}]}, f)
        self.policy = policy

    def run(self, *arguments, accept=(0,)):
        command = ["podman", "--root", self.root, "--runroot", os.path.join(self.root, "run"), "--storage-driver", "overlay", *arguments]
        return timed(command, {"CONTAINERS_CONF": self.settings}, accept)

    def move(self, folder):
        """Goes on with an empty store; what the other has stays until the end."""
        subprocess.run(["umount", f"{self.root}/overlay"], stderr=subprocess.DEVNULL, check=False)
        self.root = folder

    def clear(self):
        self.run("rm", "-af", accept=(0, 1, 2, 125))
        self.run("rmi", "-af", accept=(0, 1, 2, 125))
        subprocess.run(f"umount {self.root}/overlay 2>/dev/null; rm -rf {self.root}", shell=True, check=False)

"""What an expert writes by hand: a Dockerfile with one COPY of the dependencies and one of the app, built by buildah with its cache of layers."""

import os
import shutil
import subprocess
import time

from registry import TAG
from shop import BASE

REPOSITORY = "bench/expert-fdd"
OWN = ("Shop.", "appsettings", "web.config")


class Unusable(Exception):
    """Why there is nothing to compare with here."""


class Dockerfile:
    def __init__(self, machine, registry):
        if not shutil.which("buildah"):
            raise Unusable("buildah is not installed")
        self.context = os.path.join(machine.work, "context")
        self.registry = registry
        self.environment = machine.environment | {"BUILDAH_ISOLATION": "chroot"}
        os.makedirs(self.context)
        self.base = f"localhost:{registry.port}/{BASE['fdd']}:{TAG}"
        self.image = f"localhost:{registry.port}/{REPOSITORY}:latest"
        with open(os.path.join(self.context, "Dockerfile"), "w") as f:
            f.write(f'FROM {self.base}\nWORKDIR /app\nCOPY deps/ ./\nCOPY app/ ./\nENTRYPOINT ["dotnet", "Shop.Api.dll"]\n')
        why = ""
        for self.driver in ("overlay", "vfs"):
            self.storage = os.path.join(machine.work, f"buildah-{self.driver}")
            try:
                self._buildah("pull", "--tls-verify=false", self.base)
                # Mounts differ from place to place: the driver is good if it can build.
                self._buildah("from", "--name", "probe", self.base)
                self._buildah("rm", "probe")
                return
            except Unusable as e:
                why = str(e)
        raise Unusable(why)

    def take(self, published):
        """Splits a publish folder as the Dockerfile wants it."""
        for folder in ("deps", "app"):
            shutil.rmtree(os.path.join(self.context, folder), ignore_errors=True)
        for directory, _, files in os.walk(published):
            for file in files:
                path = os.path.relpath(os.path.join(directory, file), published)
                own = path.startswith(OWN) or path.startswith("wwwroot/")
                target = os.path.join(self.context, "app" if own else "deps", path)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy2(os.path.join(published, path), target)

    def build(self, cold=False):
        """Builds and pushes; seconds."""
        begin = time.monotonic()
        self._buildah("bud", "--layers", *(["--no-cache"] if cold else []), "--pull=false", "--tls-verify=false", "-t", self.image, self.context)
        self._buildah("push", "--tls-verify=false", self.image)
        return time.monotonic() - begin

    def _buildah(self, command, *arguments):
        storage = ["--root", os.path.join(self.storage, "root"), "--runroot", os.path.join(self.storage, "run"), "--storage-driver", self.driver]
        done = subprocess.run(["buildah", *storage, command, *arguments], env=self.environment, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise Unusable(f"buildah {command} ({self.driver}): {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")

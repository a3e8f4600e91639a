"""Debian's docker-registry on a free port of the loopback, with two base images like those of .NET in it."""

import gzip
import hashlib
import http.client
import io
import json
import os
import random
import shutil
import socket
import subprocess
import tarfile
import time

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
ACCEPT = ", ".join([MANIFEST, "application/vnd.oci.image.manifest.v1+json"])
MIB = 1024 * 1024

# The compressed sizes of .NET 10's layers: the operating system, the runtime, ASP.NET Core.
BASES = {"dotnet/runtime-deps": [62_200_000], "dotnet/aspnet": [62_200_000, 38_100_000, 13_300_000]}
TAG = "10.0"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Registry:
    def __init__(self, folder, bases=BASES):
        self.folder = folder
        self.root = os.path.join(folder, "docker/registry/v2")
        self.port = free_port()
        os.makedirs(folder)
        config = os.path.join(folder, "config.yml")
        with open(config, "w") as f:
            # No cache of descriptors in memory: what is deleted on disk must be gone.
            f.write(
                f"version: 0.1\nlog:\n  level: warn\n  accesslog:\n    disabled: true\nstorage:\n  filesystem:\n    rootdirectory: {folder}\n"
                f"http:\n  addr: 127.0.0.1:{self.port}\n"
            )
        self.log = open(os.path.join(folder, "log"), "w")
        self.process = subprocess.Popen(["docker-registry", "serve", config], stdout=self.log, stderr=self.log)
        for _ in range(200):
            try:
                if self.request("GET", "/v2/")[0] == 200:
                    break
            except OSError:
                pass
            time.sleep(0.05)
        else:
            raise SystemExit("docker-registry does not answer")
        self.digests = {name: self._push_base(name, sizes) for name, sizes in bases.items()}
        self.base_blobs = self._blobs()

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def forget(self, repository):
        """As if nothing had ever been pushed there."""
        shutil.rmtree(os.path.join(self.root, "repositories", repository), ignore_errors=True)

    def forget_blobs(self):
        """Removes all blobs but the bases'."""
        for blob in self._blobs() - self.base_blobs:
            shutil.rmtree(os.path.join(self.root, "blobs/sha256", blob[:2], blob), ignore_errors=True)

    def image(self, repository):
        """(digest, layers) of the image with the tag latest; layers as the manifest has them."""
        status, body = self.request("GET", f"/v2/{repository}/manifests/latest", headers={"Accept": ACCEPT})
        if status != 200:
            raise SystemExit(f"{repository}:latest is not in the registry ({status})")
        return "sha256:" + hashlib.sha256(body).hexdigest(), json.loads(body)["layers"]

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            self.location = response.getheader("Location")
            return response.status, response.read()
        finally:
            connection.close()

    def _blobs(self):
        folder = os.path.join(self.root, "blobs/sha256")
        return {blob for prefix in os.listdir(folder) for blob in os.listdir(os.path.join(folder, prefix))} if os.path.isdir(folder) else set()

    def _push_base(self, name, sizes):
        layers, diff_ids = [], []
        for number, size in enumerate(sizes):
            blob, diff_id = base_layer(number, size)
            layers.append(self._push_blob(name, blob, "application/vnd.docker.image.rootfs.diff.tar.gzip"))
            diff_ids.append(diff_id)
        config = json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {
                    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "APP_UID=1654", "ASPNETCORE_HTTP_PORTS=8080"],
                    "Cmd": ["/bin/bash"],
                },
                "history": [{"created_by": f"layer {n}"} for n in range(len(layers))],
                "rootfs": {"type": "layers", "diff_ids": diff_ids},
            }
        ).encode()
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": self._push_blob(name, config, "application/vnd.docker.container.image.v1+json"),
                "layers": layers,
            }
        ).encode()
        status, body = self.request("PUT", f"/v2/{name}/manifests/{TAG}", manifest, {"Content-Type": MANIFEST})
        if status != 201:
            raise SystemExit(f"pushing {name}: {status} {body[:200]}")
        return "sha256:" + hashlib.sha256(manifest).hexdigest()

    def _push_blob(self, name, blob, media_type):
        digest = "sha256:" + hashlib.sha256(blob).hexdigest()
        self.request("POST", f"/v2/{name}/blobs/uploads/", b"")
        where = self.location.split(f":{self.port}", 1)[-1]
        status, body = self.request("PUT", f"{where}{'&' if '?' in where else '?'}digest={digest}", blob)
        if status != 201:
            raise SystemExit(f"pushing a layer of {name}: {status} {body[:200]}")
        return {"mediaType": media_type, "size": len(blob), "digest": digest}


def base_layer(number, size):
    """A gzip layer of about that many bytes. Nobody in the benchmark looks into it, so noise will do; only its size counts."""
    noise = random.Random(number)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for i in range(0, size, 2 * MIB):
            entry = tarfile.TarInfo(f"usr/lib/layer{number}/{i // (2 * MIB):03}.so")
            entry.size = min(2 * MIB, size - i)
            archive.addfile(entry, io.BytesIO(noise.randbytes(entry.size)))
    blob = gzip.compress(tar.getvalue(), 1, mtime=0)
    return blob, "sha256:" + hashlib.sha256(tar.getvalue()).hexdigest()

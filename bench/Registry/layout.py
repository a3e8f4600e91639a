"""An OCI layout of one image, whose last layer is what an edit changes. `layout.py FOLDER` makes it in a process of its own, which needs its memory only then."""

import gzip
import hashlib
import io
import json
import os
import random
import sys
import tarfile

MB = 1_000_000
LAYERS = [100 * MB, 80 * MB, 60 * MB, 40 * MB, 15 * MB, 5 * MB]
EDITED = 200_000


class Layout:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(os.path.join(folder, "blobs/sha256"), exist_ok=True)
        with open(os.path.join(folder, "oci-layout"), "w") as file:
            file.write('{"imageLayoutVersion":"1.0.0"}')
        self.layers = self._kept()

    def edit(self, number):
        layers = [*self.layers, self._layer(1000 + number, EDITED)]
        config = self._blob(json.dumps({
            "architecture": "amd64", "os": "linux", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [diff for _, diff in layers]},
        }).encode())
        manifest = self._blob(json.dumps({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **config},
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", **blob} for blob, _ in layers],
        }).encode())
        with open(os.path.join(self.folder, "index.json"), "w") as file:
            json.dump({"schemaVersion": 2, "manifests": [{
                "mediaType": "application/vnd.oci.image.manifest.v1+json", **manifest, "annotations": {"org.opencontainers.image.ref.name": "1"},
            }]}, file)

    def _kept(self):
        kept = os.path.join(self.folder, "layers.json")
        if not os.path.exists(kept):
            with open(kept, "w") as file:
                json.dump([self._layer(seed, size) for seed, size in enumerate(LAYERS)], file)
        with open(kept) as file:
            return json.load(file)

    def _layer(self, seed, size):
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w") as tar:
            entry = tarfile.TarInfo(f"file-{seed}")
            entry.size = size
            tar.addfile(entry, io.BytesIO(random.Random(seed).randbytes(size)))
        plain = plain.getvalue()
        return self._blob(gzip.compress(plain, 1, mtime=0)), "sha256:" + hashlib.sha256(plain).hexdigest()

    def _blob(self, content):
        digest = hashlib.sha256(content).hexdigest()
        with open(os.path.join(self.folder, "blobs/sha256", digest), "wb") as file:
            file.write(content)
        return {"digest": f"sha256:{digest}", "size": len(content)}


if __name__ == "__main__":
    Layout(sys.argv[1]).edit(0)

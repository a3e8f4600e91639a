#!/usr/bin/env bash
# Measures pushes and pulls of one image of 300 MB with `dotnet containerize` and with `skopeo copy`; prints Markdown. See bench/README.md.
# BENCH_SKIP_BUILD=1 takes the native tool of artifacts/packages; --tool FILE another one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source .ci/tools.sh
ensure python3=python3 docker-registry=docker-registry skopeo=skopeo gcc=gcc

case $(uname -m) in aarch64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac
if [[ ${BENCH_SKIP_BUILD:-} == 1 ]]; then
    unpacked=artifacts/bench/unpacked
    rm -rf "$unpacked"
    python3 -m zipfile -e "$(ls -t artifacts/packages/dotnet-containerize.$rid.*.nupkg | head -n 1)" "$unpacked"
    tool=$unpacked/tools/any/$rid
else
    tool=artifacts/bench/tool
    dotnet publish src/Containerize.Tool -c Release -r "$rid" -o "$tool" -nologo -v quiet >&2
fi
chmod +x "$tool/dotnet-containerize"
PATH="$PATH:/usr/sbin" exec python3 bench/Registry/measure.py --tool "$tool/dotnet-containerize" "$@"

#!/usr/bin/env bash
# Measures a container that executes a static `true`, with containerize-runtime, crun and runc; prints Markdown. See bench/README.md.
# BENCH_SKIP_BUILD=1 takes the runtime that is in artifacts/runtime.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source .ci/tools.sh
ensure python3=python3 gcc=gcc runc=runc crun=crun

case $(uname -m) in aarch64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac
if [[ ${BENCH_SKIP_BUILD:-} != 1 ]]; then
    dotnet publish src/Containerize.Runtime -c Release -r "$rid" -o "artifacts/runtime/$rid" -nologo -v quiet >&2
fi
exec python3 bench/Runtime/measure.py --runtime "artifacts/runtime/$rid/containerize-runtime" "$@"

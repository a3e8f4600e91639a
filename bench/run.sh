#!/usr/bin/env bash
# Measures containers of `dotnet containerize` beside podman's: pulls, starts, monitors, and a project until it answers; prints Markdown. See bench/README.md.
# BENCH_SKIP_BUILD=1 takes the packages that are in artifacts/packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source .ci/tools.sh
ensure python3=python3 gcc=gcc podman=podman runc=runc skopeo=skopeo umoci=umoci docker-registry=docker-registry

if [[ ${BENCH_SKIP_BUILD:-} != 1 ]]; then
    ./build.sh >&2
fi
PATH="$PATH:/usr/sbin" exec python3 bench/Run/measure.py "$@"

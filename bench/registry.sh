#!/usr/bin/env bash
# Measures pushes and pulls of one image of 300 MB with `dotnet containerize copy` and with `skopeo copy`; prints Markdown. See bench/README.md.
# BENCH_SKIP_BUILD=1 takes the tool that is built already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source .ci/tools.sh
ensure python3=python3 docker-registry=docker-registry skopeo=skopeo gcc=gcc

if [[ ${BENCH_SKIP_BUILD:-} != 1 ]]; then
    dotnet build src/Containerize.Tool -c Release -nologo -v quiet >&2
fi
PATH="$PATH:/usr/sbin" exec python3 bench/Registry/measure.py --tool src/Containerize.Tool/bin/Release/net10.0/dotnet-containerize.dll "$@"

#!/usr/bin/env bash
# Measures dotnet publish alone, with the SDK's PublishContainer and with Containerize; prints Markdown. See bench/README.md.
# BENCH_SKIP_BUILD=1 takes the packages that are in artifacts/packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source .ci/tools.sh
ensure python3=python3 docker-registry=docker-registry
ensure buildah=buildah || echo "the comparison with a Dockerfile is left out" >&2

if [[ ${BENCH_SKIP_BUILD:-} != 1 ]]; then
    dotnet pack nuget/Containerize/Containerize.csproj -c Release -nologo -v quiet >&2
fi
version=$(dotnet msbuild nuget/Containerize/Containerize.csproj -getProperty:PackageVersion)
[[ -f artifacts/packages/Containerize.$version.nupkg ]] || { echo "no artifacts/packages/Containerize.$version.nupkg" >&2; exit 1; }

# Packages of its own: the version of ours stays the same while its content changes, and nobody else's build shall change under a measurement.
packages=$PWD/artifacts/bench/packages
mkdir -p "$packages"
rm -rf "$packages/containerize"
PATH="$PATH:/usr/sbin" exec python3 bench/Publish/measure.py --packages "$packages" --version "$version" "$@"

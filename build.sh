#!/usr/bin/env bash
# Restores, builds and packs everything into artifacts/packages. Needs the SDK and what is ensured below; what is unchanged is not made again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source .ci/tools.sh
ensure dpkg-deb=dpkg apt-get=apt gcc=gcc

packages=$PWD/artifacts/packages
version=$(dotnet msbuild src/Containerize/Containerize.csproj -getProperty:Version)
mkdir -p "$packages"

dotnet build Containerize.sln -c Release -nologo -v minimal
# The runtime and the tool are native: compiled ahead of time, for the machine's own architecture, or with CONTAINERIZE_ALL_PLATFORMS=1 for both.
case $(uname -m) in aarch64) platforms=linux-arm64 ;; *) platforms=linux-x64 ;; esac
if [[ ${CONTAINERIZE_ALL_PLATFORMS:-} == 1 && $platforms == linux-x64 ]]; then
    ensure aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu
    platforms="linux-x64;linux-arm64"
fi
for rid in ${platforms//;/ }; do
    dotnet publish src/Containerize.Runtime -c Release -r "$rid" -o "artifacts/runtime/$rid" -nologo -v minimal
done
# Each carries what was packed before it.
for id in Containerize Containerize.Base dotnet-containerize Containerize.Testing; do
    dotnet pack "nuget/$id/$id.csproj" -c Release -nologo -v minimal -p:NativePlatforms="${platforms//;/%3B}"
done

# The version stays the same while we work: what NuGet unpacked of an older build would hide the new one.
global=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
for package in "$packages"/*."$version".nupkg; do
    id=$(basename "$package" ".$version.nupkg")
    id=${id,,}
    unpacked=${global%/}/$id/$version
    if [[ -d $unpacked ]] && ! cmp -s "$package" "$unpacked/$id.$version.nupkg"; then
        rm -rf "$unpacked"
        echo "evicted $id $version from $global"
    fi
done
ls -1 "$packages"

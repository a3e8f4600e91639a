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
# The runtime is native: compiled ahead of time, for the machine's own architecture.
case $(uname -m) in aarch64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac
dotnet publish src/Containerize.Runtime -c Release -r $rid -o artifacts/runtime/$rid -nologo -v minimal
for project in nuget/*/*.csproj; do
    dotnet pack "$project" -c Release -nologo -v minimal
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

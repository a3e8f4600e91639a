#!/usr/bin/env bash
# Builds the packages, makes an image of testassets/WebApi with them, looks at it, starts it and asks it something. No Docker anywhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
repository=$PWD
source .ci/tools.sh
ensure curl=curl
say() { printf '\n== %s\n' "$*"; }

work=$(mktemp -d)
container=containerize-demo-$$
clean() {
    "$work/tool/dotnet-containerize" rm -f "$container" >/dev/null 2>&1 || true
    "$work/tool/dotnet-containerize" prune --force >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap clean EXIT
# Images and containers of the demo's own.
export CONTAINERIZE_ROOT=$work/root

say "Build and pack"
timeout 1800 ./build.sh
version=$(dotnet msbuild src/Containerize/Containerize.csproj -getProperty:Version)

say "A project as a user has it: WebApi with one package reference"
cp -r testassets/Directory.* testassets/WebApi "$work"
cat >"$work/nuget.config" <<CONFIG
<configuration>
  <packageSources>
    <add key="containerize-demo" value="$repository/artifacts/packages" />
  </packageSources>
</configuration>
CONFIG
cat "$work/WebApi/WebApi.csproj"

say "dotnet publish -t:Containerize"
cd "$work"
case $(uname -m) in
    aarch64 | arm64) rid=linux-arm64 ;;
    *) rid=linux-x64 ;;
esac
timeout 600 dotnet publish WebApi -c Release -r "$rid" -t:Containerize -p:ContainerArchiveOutputPath="$work/image.tar" -nologo

say "dotnet containerize inspect"
timeout 300 dotnet tool install dotnet-containerize --tool-path "$work/tool" --version "$version" --configfile nuget.config >/dev/null
timeout 60 "$work/tool/dotnet-containerize" inspect "oci-archive:$work/image.tar"

say "dotnet containerize run"
timeout 120 "$work/tool/dotnet-containerize" run -d --name "$container" -p 127.0.0.1::8080 "oci-archive:$work/image.tar"
timeout 60 "$work/tool/dotnet-containerize" ps
address=$("$work/tool/dotnet-containerize" port "$container" 8080)
answer=
for _ in {1..100}; do
    answer=$(curl -fsS --max-time 5 "http://$address/" 2>/dev/null) && break
    sleep 0.3
done
if [[ -z $answer ]]; then
    echo "no answer; the container said:" >&2
    "$work/tool/dotnet-containerize" logs "$container" >&2
    exit 1
fi

say "GET http://$address/"
echo "$answer"
say "dotnet containerize logs, stop, ps -a"
timeout 60 "$work/tool/dotnet-containerize" logs --tail 3 "$container"
timeout 60 "$work/tool/dotnet-containerize" stop "$container"
timeout 60 "$work/tool/dotnet-containerize" ps -a
say "Done"

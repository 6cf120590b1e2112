#!/usr/bin/env bash
# The tests of kernels as arm64 programs, run by qemu, once for each path that Arm has; and whether integer results are this machine's, to the byte.
# Takes a quarter of an hour. Needs Debian's qemu-user, and its apt for the arm64 libraries that the runtime loads; nothing is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
for needed in qemu-aarch64 apt-get dpkg; do
    command -v $needed >/dev/null || { echo "skipped: no $needed on this machine (apt-get install qemu-user)"; exit 0; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A list of packages of its own: this machine's architectures stay as they are.
mkdir -p "$work"/{lists/partial,cache/archives/partial,root}
touch "$work/status"
apt() {
    apt-"$1" -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o APT::Sandbox::User=root -o Dir::State::lists="$work/lists" \
        -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" "${@:2}"
}
apt get update -qq
(cd "$work" && apt get download -qq libc6 libgcc-s1 libstdc++6 "$(apt cache pkgnames libssl3 | grep -xE 'libssl3(t64)?' | head -1)")
for package in "$work"/*.deb; do dpkg -x "$package" "$work/root"; done

run() { # a program's folder, the project, what must be missing, more arguments
    env "DOTNET_$3=0" MODELBUILD_TESTS_REPORT="$work/report" "${@:4}" "$1/ModelBuild.$2.Tests" --filter TestCategory=Kernels --progress off
}
publish() { # a project, to a folder of this name, more arguments
    dotnet publish "tests/ModelBuild.$1.Tests" --artifacts-path "$work/artifacts" -o "$work/$2" -v q "${@:3}"
}
publish Engine here
run "$work/here" Engine Nothing
hash=$(grep -xE '[0-9a-f]{64}' "$work/report")

for project in Runtime Engine; do publish $project $project -r linux-arm64 --self-contained; done
for missing in Nothing EnableArm64Dp EnableHWIntrinsic; do
    for project in Runtime Engine; do
        rm -f "$work/report"
        # Memory that is mapped twice, once to write and once to run code, is more than qemu keeps up with.
        run "$work/$project" $project $missing DOTNET_EnableWriteXorExecute=0 qemu-aarch64 -L "$work/root"
        cat "$work/report"
    done
    grep -qx "$hash" "$work/report" || { echo "without $missing: integer results differ from this machine's, $hash"; exit 1; }
done
echo "all paths pass; integer results are the same bytes"

#!/bin/sh
# prepared.sh [--build] SCRIPT [ARG…]: installs what the tests need, on the machine's own Node, builds if asked to, and
# runs SCRIPT on the Node of package.json. What npm test, oracle, bench and their like have in common. What it says of
# the preparation goes to the standard error: a script's output may be read by a program.
set -eu
cd "$(dirname "$0")/../.."
build=
if [ "$1" = --build ]; then build=1; shift; fi
node tools/test/first.mjs >&2
export PATH="$PWD/node_modules/.bin:$PATH"
if [ -n "$build" ]; then
  node tools/build.ts >&2
  make -s fakes >&2
fi
exec node --disable-warning=ExperimentalWarning "$@"

#!/bin/sh
# prepared.sh [--build] SCRIPT [ARG…]: installs what the tests need, with the Node of the machine, builds if --build is
# given, and runs SCRIPT with the Node of package.json. Used by npm test, oracle, bench and others. Messages of the
# preparation go to stderr, since a program may read the output of SCRIPT.
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

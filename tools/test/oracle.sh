#!/bin/sh
# npm run oracle [-- --json | --all | --brief] [NAME…]: prepares as npm test does, then compares sessions by su, ssh and Vestibule.
set -eu
cd "$(dirname "$0")/../.."
node tools/test/first.mjs >&2
export PATH="$PWD/node_modules/.bin:$PATH"
node tools/build.ts >&2
make -s fakes >&2
exec node --disable-warning=ExperimentalWarning test/oracle/main.ts "$@"

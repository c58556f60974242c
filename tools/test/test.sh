#!/bin/sh
# npm test [-- STEP…]: prepares on the machine's own Node, then runs all tests on the Node of package.json.
set -eu
cd "$(dirname "$0")/../.."
node tools/test/first.mjs
PATH="$PWD/node_modules/.bin:$PATH" exec node_modules/.bin/node --disable-warning=ExperimentalWarning tools/test/main.ts "$@"

#!/bin/sh
# npm start: the first step runs on the machine's own Node, all that follows on the Node of package.json. A shell holds
# them together because it can exec: no Node of root's stays behind the running server.
set -eu
start=$(dirname "$0")
node "$start/first.mjs" "$@"
exec "$start/../../node_modules/.bin/node" --disable-warning=ExperimentalWarning "$start/main.ts" "$@"

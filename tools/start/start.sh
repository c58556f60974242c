#!/bin/sh
# npm start: the first step runs with the Node of the machine, the second with the Node of package.json. Both are run by a
# shell because a shell can exec: it becomes the server and keeps the lock that the first step took.
set -eu
start=$(dirname "$0")
installed=/usr/local/lib/vestibule/current

for flag in "$@"; do
  [ "$flag" != --help ] || exec node "$start/help.mjs"
done
if [ "$(id -u)" = 0 ]; then
  mask=$(umask)
  umask 077
  exec 9<>/run/vestibule.lock
  umask "$mask"
fi
node "$start/first.mjs" "$@"
open_files=$("$start/../../node_modules/.bin/node" "$start/main.ts" "$@")
cd /
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  prlimit --nofile="$open_files:" -- "$installed/bin/vestibule-supervise" --lock 9 \
  --log /var/log/vestibule/vestibule.log --announce /run/vestibule/announcement \
  --finish "$installed/bin/node" "$installed/dist/finish.js"

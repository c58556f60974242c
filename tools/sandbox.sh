#!/bin/sh
# Runs a command as root where it can't touch the machine: own pid, mount, net, ipc and uts namespaces; overlays on
# /etc /home /var /root /usr/local; fresh /run and /tmp; a private /dev with its own devpts (gid 5) and fuse.
# Usage: tools/sandbox.sh COMMAND [ARG…]
set -eu
if [ "${VESTIBULE_SANDBOX:-}" != inside ]; then
  [ "$(id -u)" = 0 ] || { echo "tools/sandbox.sh: wanted uid 0, came uid $(id -u): run it as root" >&2; exit 1; }
  VESTIBULE_SANDBOX=inside exec unshare -m -p -n -i -u -f --mount-proc --kill-child --propagation private -- \
    "$0" "$@"
fi

upper=$(mktemp -d /tmp/vestibule-sandbox.XXXXXX)
mount -t tmpfs -o mode=0700 sandbox "$upper"
for dir in /etc /home /var /root /usr/local; do
  mkdir -p "$upper/up$dir" "$upper/work$dir"
  chmod --reference="$dir" "$upper/up$dir"
  mount -t overlay overlay -o "lowerdir=$dir,upperdir=$upper/up$dir,workdir=$upper/work$dir" "$dir"
done

mkdir -p "$upper/dev"
for node in null zero full random urandom tty; do
  touch "$upper/dev/$node"
  mount --bind "/dev/$node" "$upper/dev/$node"
done
mknod -m 0666 "$upper/dev/fuse" c 10 229
ln -s /proc/self/fd "$upper/dev/fd"
ln -s pts/ptmx "$upper/dev/ptmx"
mkdir "$upper/dev/pts" "$upper/dev/shm"
mount -t devpts -o newinstance,gid=5,mode=0620,ptmxmode=0666 devpts "$upper/dev/pts"
mount -t tmpfs -o mode=1777 shm "$upper/dev/shm"
mount --rbind "$upper/dev" /dev

mount -t tmpfs -o mode=0755 run /run
mount -t tmpfs -o mode=1777 tmp /tmp
hostname vestibule-test
ip link set lo up 2>/dev/null || true

# A cgroup of their own, so that a run can't kill or be killed with anything else.
for base in /sys/fs/cgroup/unified /sys/fs/cgroup; do
  if [ -w "$base/cgroup.procs" ]; then
    group="$base/vestibule-sandbox-$(awk '{print $1}' /proc/uptime)-$$"
    mkdir "$group" && echo $$ >"$group/cgroup.procs"
    break
  fi
done

unset VESTIBULE_SANDBOX
export VESTIBULE_IN_SANDBOX=1
exec "$@"

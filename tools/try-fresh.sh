#!/bin/sh
# Tries the product on a fresh machine: a minimal Debian 12 root with Node and nothing else, a clone of the last commit
# in a directory that only root may enter, private namespaces, and the network of this machine (its apt, npm and proxy
# settings are copied). Runs a command in that clone; without one, tools/try-fresh-trial.mjs.
# Usage: tools/try-fresh.sh [COMMAND [ARG…]]      FRESH_DIRECTORY: where the cached root and the root of the trial are.
set -eu
repository=$(cd "$(dirname "$0")/.." && pwd)
fresh=${FRESH_DIRECTORY:-${XDG_CACHE_HOME:-$HOME/.cache}/vestibule-fresh}
root=$fresh/root

make_base() {
  command -v debootstrap >/dev/null || {
    echo "tools/try-fresh.sh: debootstrap is not installed; it makes the minimal root: apt-get install debootstrap" >&2
    exit 1
  }
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    sed -nE 's/^(URIs:|deb( \[[^]]*\])?) *([^ ]+).*/\3/p' | head -n 1)
  rm -rf "$fresh/base"
  debootstrap --variant=minbase bookworm "$fresh/base" ${mirror:+"$mirror"} >&2
  tar -C "$fresh/base" -cf "$fresh/base.tar.new" .
  mv "$fresh/base.tar.new" "$fresh/base.tar"
  rm -rf "$fresh/base"
}

copy_node() {
  # In npm scripts the project's own Node comes first in PATH; here we need that of the machine.
  node=$(PATH=/usr/local/bin:/usr/bin command -v node)
  npm=$(dirname "$(dirname "$(readlink -f "$(PATH=/usr/local/bin:/usr/bin command -v npm)")")")
  install -D "$(readlink -f "$node")" "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -a "$npm" "$root/usr/local/lib/node_modules/npm"
  for name in npm npx; do
    ln -sf "../lib/node_modules/npm/bin/$name-cli.js" "$root/usr/local/bin/$name"
  done
}

copy_network_settings() {
  rm -f "$root/etc/apt/sources.list"
  cp -a /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/keyrings "$root/etc/apt/" 2>/dev/null || true
  cp -a /usr/share/keyrings/. "$root/usr/share/keyrings/"
  for file in $(grep -ls '^ *Acquire' /etc/apt/apt.conf /etc/apt/apt.conf.d/*); do
    cp "$file" "$root/etc/apt/apt.conf.d/"
  done
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  [ ! -f "$HOME/.npmrc" ] || cp "$HOME/.npmrc" "$root/root/.npmrc"
  # An additional certificate authority, if the settings of this machine name one.
  authority=${NODE_EXTRA_CA_CERTS:-$(npm config get cafile 2>/dev/null)}
  [ ! -f "$authority" ] || install -D -m 0644 "$authority" "$root/usr/local/etc/authority.pem"
}

enter() {
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  mount -t tmpfs -o mode=0755 run "$root/run"
  mount -t tmpfs -o mode=1777 tmp "$root/tmp"
  mount -t tmpfs -o mode=0755 dev "$root/dev"
  for node in null zero full random urandom tty; do
    touch "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
  done
  mknod -m 0666 "$root/dev/fuse" c 10 229
  mkdir "$root/dev/pts" "$root/dev/shm"
  ln -s /proc/self/fd "$root/dev/fd"
  ln -s pts/ptmx "$root/dev/ptmx"
  mount -t devpts -o newinstance,gid=5,mode=0620,ptmxmode=0666 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
  hostname fresh
  printf '127.0.0.1 localhost fresh\n::1 localhost\n' >"$root/etc/hosts"
  set -- env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM="${TERM:-dumb}" \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
    "$@"
  if [ -f "$root/usr/local/etc/authority.pem" ]; then
    shift 2
    set -- env -i NODE_EXTRA_CA_CERTS=/usr/local/etc/authority.pem npm_config_cafile=/usr/local/etc/authority.pem "$@"
  fi
  # pivot_root instead of chroot: modules that change mounts (pam_namespace) act on the root of the mount namespace.
  cd "$root"
  pivot_root . .
  umount -l .
  cd /root/vestibule
  # Not exec: this shell is pid 1 and reaps.
  "$@"
  exit $?
}

if [ "${FRESH_INSIDE:-}" = 1 ]; then
  unset FRESH_INSIDE
  enter "$@"
fi
[ "$(id -u)" = 0 ] || { echo "tools/try-fresh.sh: wanted uid 0, got uid $(id -u): run it as root" >&2; exit 1; }
[ $# -gt 0 ] || set -- node tools/try-fresh-trial.mjs
mkdir -p "$fresh"
exec 8>"$fresh/lock"
flock --nonblock 8 || {
  echo "tools/try-fresh.sh: another trial is running in '$fresh': wait until it has ended, or set FRESH_DIRECTORY" >&2
  exit 1
}
[ -f "$fresh/base.tar" ] || make_base
rm -rf --one-file-system "$root"
mkdir "$root"
tar -C "$root" -xpf "$fresh/base.tar"
chmod 0700 "$root/root"
copy_node
copy_network_settings
git clone -q --no-hardlinks "$repository" "$root/root/vestibule"
status=0
FRESH_INSIDE=1 unshare -m -p -u -i -f --kill-child --propagation private -- "$0" "$@" || status=$?
rm -rf --one-file-system "$root"
exit "$status"

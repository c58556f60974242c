/* Opens all listening sockets of the server. They stay open here while services restart: clients wait in the queue. */
#include "supervise.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol.h"
#include "util.h"

enum { BACKLOG = 511, CLOSING_MS = 1000, RETRY_MS = 20 };

static bool has_ipv6(void) {
    cleanup_fd int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 || errno != EAFNOSUPPORT;
}

static int listen_tcp(const char *address, uint16_t port, const char *option) {
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    /* :: means IPv4 and IPv6, if the kernel has both: a port that is free in one of them could be taken by another
     * user. */
    const bool both = strcmp(address, "::") == 0, only_ipv4 = both && !has_ipv6();
    const bool is_ipv4 = only_ipv4 || inet_pton(AF_INET, address, &ipv4.sin_addr) == 1;
    if (!is_ipv4 && inet_pton(AF_INET6, address, &ipv6.sin6_addr) != 1)
        die("'www-address' wanted an IPv4 or IPv6 address, got '%s'", address);
    const struct sockaddr *name = is_ipv4 ? (const struct sockaddr *)&ipv4 : (const struct sockaddr *)&ipv6;
    const int fd = socket(is_ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1, only_ipv6 = !both;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
        (!is_ipv4 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof only_ipv6) < 0))
        die_errno("cannot make a socket with SO_REUSEADDR or IPV6_V6ONLY");
    /* Services of a killed supervise may not have closed their sockets yet: retry for CLOSING_MS. */
    const uint64_t deadline = monotonic_ms() + CLOSING_MS;
    int bound;
    while ((bound = bind(fd, name, is_ipv4 ? sizeof ipv4 : sizeof ipv6)) < 0 && errno == EADDRINUSE && monotonic_ms() < deadline)
        (void)poll(NULL, 0, RETRY_MS);
    if (bound == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    const char *open = is_ipv4 ? "" : "[", *close = is_ipv4 ? "" : "]";
    if (errno == EADDRINUSE)
        die("%s%s%s:%u is busy: stop what listens there, or choose another '%s'", open, address, close, port, option);
    die_errno("cannot listen on %s%s%s:%u ('www-address', '%s')", open, address, close, port, option);
}

/* A socket file of an earlier supervise has no listener any more: we hold the lock of the server. */
static int listen_unix(const char *path, gid_t gid, mode_t mode) {
    if (unlink(path) < 0 && errno != ENOENT)
        die_errno("cannot remove '%s'", path);
    const int fd = listen_at(path, gid, mode);
    if (fd < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        die_errno("cannot listen on '%s'", path);
    return fd;
}

void open_tcp_listeners(struct supervisor *supervisor) {
    const struct config *config = &supervisor->config;
    int *listening = supervisor->services[GATEWAY].listening;
    listening[0] = listen_tcp(config->www_address, config->www_port, "www-port");
    listening[1] = listen_tcp(config->www_address, config->www_session_port, "www-session-port");
}

void open_unix_listeners(struct supervisor *supervisor) {
    struct service *services = supervisor->services;
    services[ROOTD].listening[0] = listen_unix(VST_PATH_ROOTD, supervisor->broker.gid, 0660);
    services[ROOTD].listening[1] = listen_unix(VST_PATH_PAM_TEST, 0, 0600);
    services[BROKER].listening[0] = listen_unix(VST_PATH_BROKER_FOR_GATEWAY, supervisor->gateway.gid, 0660);
    services[BROKER].listening[1] = listen_unix(VST_PATH_BROKER_FOR_CLI, 0, 0600);
}

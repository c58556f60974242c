/* The table of services: program, user and descriptors of each. */
#include "supervise.h"

#include "protocol.h"
#include "util.h"

static struct identity find_identity(const char *name) {
    struct identity identity;
    if (!find_user(name, &identity.uid, &identity.gid))
        die("there is no user '%s' to run a service as: 'npm start' makes it, or 'useradd --system %s'", name, name);
    if (identity.uid == 0 || identity.gid == 0)
        die("the user '%s' has uid %u and gid %u: neither may be 0", name, identity.uid, identity.gid);
    return identity;
}

void define_services(struct supervisor *supervisor) {
    const struct config *config = &supervisor->config;
    const bool own_certificate = config->ssl_certificate[0] != '\0';
    supervisor->broker = find_identity("vestibule");
    supervisor->gateway = find_identity("vestibule-web");
    if (supervisor->broker.uid == supervisor->gateway.uid || supervisor->broker.gid == supervisor->gateway.gid)
        die("the users 'vestibule' and 'vestibule-web' share a uid or gid: each must have its own");
    supervisor->services[ROOTD] = (struct service){
        .name = "rootd", .program = "vestibule-rootd",
        .descriptor_names = "rootd:pam-test", .listening_count = 2,
    };
    supervisor->services[BROKER] = (struct service){
        .name = "broker", .program = "node", .script = "../dist/broker.js", .identity = supervisor->broker,
        .descriptor_names = "gateway:cli:ready", .listening_count = 2, .reports_ready = true,
    };
    supervisor->services[GATEWAY] = (struct service){
        .name = "gateway", .program = "node", .script = "../dist/gateway.js", .identity = supervisor->gateway,
        .descriptor_names = "home:session:certificate:certificate-key:ready", .listening_count = 2,
        .files = {own_certificate ? config->ssl_certificate : VST_PATH_CERTIFICATE,
                  own_certificate ? config->ssl_certificate_key : VST_PATH_CERTIFICATE},
        .file_count = 2, .reports_ready = true,
    };
}

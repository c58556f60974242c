/* The table of services: what is started, as whom, and with which descriptors. */
#include "supervise.h"

#include "protocol.h"

static const char *either(const char *chosen, const char *standard) {
    return chosen[0] != '\0' ? chosen : standard;
}

void define_services(struct supervisor *supervisor) {
    const struct listeners *listeners = &supervisor->listeners;
    const struct config *config = &supervisor->config;
    supervisor->services[ROOTD] = (struct service){
        .name = "rootd",
        .program = "vestibule-rootd",
        .identity = {.uid = 0, .gid = 0},
        .descriptor_names = "rootd",
        .listening = {listeners->rootd},
        .listening_count = 1,
    };
    supervisor->services[BROKER] = (struct service){
        .name = "broker",
        .program = "node",
        .script = "../dist/broker.js",
        .identity = supervisor->broker,
        .descriptor_names = "gateway:cli:ready",
        .listening = {listeners->gateway, listeners->cli},
        .listening_count = 2,
        .reports_ready = true,
    };
    supervisor->services[GATEWAY] = (struct service){
        .name = "gateway",
        .program = "node",
        .script = "../dist/gateway.js",
        .identity = supervisor->gateway,
        .descriptor_names = "home:session:certificate:certificate-key:ready",
        .listening = {listeners->home, listeners->session},
        .listening_count = 2,
        .files = {either(config->ssl_certificate, VST_PATH_CERTIFICATE),
                  either(config->ssl_certificate_key, VST_PATH_CERTIFICATE_KEY)},
        .file_count = 2,
        .reports_ready = true,
    };
}

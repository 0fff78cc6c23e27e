/*
 * The fleet: all devices of one lab, made from the command line and a device file.
 *
 *     defaults: {latency: 20ms, username: ops}     # laid over every device
 *     devices:
 *       - {platform: cisco_ios, hostname: r1, enable: secret}
 *       - {platform: linux, count: 3}
 *       - {platform: arista_eos, silent: auth}
 *
 * A device's platform, hostname, serial numbers and address follow from its number alone, so
 * two labs started the same way are the same.
 */
#ifndef LAB_FLEET_H
#define LAB_FLEET_H

#include "lab/device.h"

struct fleet_options {
    const char *const *fixtures; /* folders, the first one wins */
    size_t nfixtures;
    const char *const *templates; /* folders with platform.yml files, likewise */
    size_t ntemplates;
    const char *const *platforms; /* for the numbered devices, in rotation; NULL-terminated */
    size_t devices;               /* how many of those */
    const char *device_file;      /* or NULL */
    const char *const *set; /* "key: value" lines laid over every device; NULL-terminated */
    size_t seed;            /* other serial numbers */
};

struct fleet {
    struct device *devices;
    size_t count;
    struct persona *personas;
    struct platform_set *platforms;
    struct arena arena;
    struct yaml file, set;
};

#define FLEET_INIT                                                                             \
    {                                                                                          \
        .file = YAML_INIT, .set = YAML_INIT                                                    \
    }

int fleet_build(struct fleet *fleet, const struct fleet_options *options, struct err *err);
void fleet_release(struct fleet *fleet);

/* Gives the devices that name no address of their own one each: 127.<net>.x.y with one port for
 * all, or, by_port, consecutive ports of one address. */
int fleet_address(struct fleet *fleet, int net, const char *address, int port, bool by_port,
                  struct err *err);

#endif

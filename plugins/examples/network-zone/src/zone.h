/* What the policy says of networks, and what follows for a device. */

#ifndef NETWORK_ZONE_ZONE_H
#define NETWORK_ZONE_ZONE_H

#include "device.h"
#include "net.h"

typedef struct zone_list {
  size_t count;
  net_network items[NET_MOST];
} zone_list;

typedef enum zone_answer {
  /* The policy says nothing. */
  ZONE_SILENT,
  ZONE_ALLOWED,
  /* An address is in a network that is denied. */
  ZONE_DENIED,
  /* No address is in a network that is allowed. */
  ZONE_OUTSIDE,
  /* There is no address at all. */
  ZONE_OFFLINE
} zone_answer;

/* Reads a list of networks from JSON: `["10.0.0.0/8", "fd00::/8"]`. Returns 0, or -1 where it is none;
 * `*wrong` and `*wrong_size` are then the part of `json` that is no network. */
int zone_parse(const char *json, size_t size, zone_list *list, const char **wrong, size_t *wrong_size);

/* What the lists, of which either may be null where the policy does not have it, say of the device.
 * `*which` is the address that decided, or null. */
zone_answer zone_judge(const zone_list *allowed, const zone_list *denied, const device_addresses *device,
                       const net_address **which);

#endif

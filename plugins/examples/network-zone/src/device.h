/* The addresses that this device has. */

#ifndef NETWORK_ZONE_DEVICE_H
#define NETWORK_ZONE_DEVICE_H

#include <stdio.h>

#include "net.h"

typedef struct device_addresses {
  size_t count;
  net_address items[NET_MOST];
} device_addresses;

/* Adds the device's own IPv4 addresses by the kernel's /proc/net/fib_trie: an address in a line
 * "|-- 192.0.2.2", with "/32 host LOCAL" in the next. Returns 0, or -1 where there are too many or the
 * file cannot be read to its end. */
int device_read_fib_trie(FILE *file, device_addresses *addresses);

/* Adds its IPv6 addresses by /proc/net/if_inet6: 32 hex digits at the beginning of each line. As
 * above, and -1 too where a line is none. */
int device_read_if_inet6(FILE *file, device_addresses *addresses);

/* Reads both below `folder` (/proc/self/net), without those that say nothing of a network. A kernel
 * without IPv6 has no list of it. Returns 0, or -1 where the addresses cannot be told. */
int device_read(const char *folder, device_addresses *addresses);

#endif

/* IP addresses and networks, of both families. */

#ifndef NETWORK_ZONE_NET_H
#define NETWORK_ZONE_NET_H

#include <stddef.h>

/* The most addresses of a device and networks of a list that are looked at. */
#define NET_MOST 256
/* Room for an address as text, its zero included. */
#define NET_TEXT 46

typedef struct net_address {
  /* 4 or 6. */
  int family;
  /* In network order; the first four of IPv4. */
  unsigned char bytes[16];
} net_address;

typedef struct net_network {
  net_address base;
  /* Bits of `base` that count, 0 to 32 or 128. */
  int bits;
} net_network;

/* Reads "10.0.0.0/8", "fd00::/8", or an address alone, which is a network of one. Returns 0, or -1
 * where `text` is none: also where bits are set behind the prefix, since nobody can tell what was
 * meant. */
int net_parse(const char *text, size_t size, net_network *network);

/* Whether the network holds the address. */
int net_holds(const net_network *network, const net_address *address);

/* Whether the address says nothing of the network that the device is in: this host itself, or made
 * up by the device for one link. */
int net_is_local(const net_address *address);

/* Writes the address into `text`, which has NET_TEXT bytes. */
void net_print(const net_address *address, char *text);

#endif

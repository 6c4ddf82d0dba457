#define _POSIX_C_SOURCE 200809L

#include "net.h"

#include <arpa/inet.h>
#include <string.h>

static int width(int family) { return family == 4 ? 32 : 128; }

/* A number of one to three digits without a zero before it, or -1. */
static int number(const char *text, size_t size) {
  int made = 0;
  if (size == 0 || size > 3 || (size > 1 && text[0] == '0')) return -1;
  for (size_t i = 0; i < size; i++) {
    if (text[i] < '0' || text[i] > '9') return -1;
    made = made * 10 + (text[i] - '0');
  }
  return made;
}

static int parse_address(const char *text, size_t size, net_address *address) {
  char copy[NET_TEXT];
  if (size == 0 || size >= sizeof copy || memchr(text, 0, size) != NULL) return -1;
  memcpy(copy, text, size);
  copy[size] = 0;
  memset(address, 0, sizeof *address);
  address->family = memchr(text, ':', size) != NULL ? 6 : 4;
  return inet_pton(address->family == 4 ? AF_INET : AF_INET6, copy, address->bytes) == 1 ? 0 : -1;
}

static int bit(const net_address *address, int index) {
  return (address->bytes[index / 8] >> (7 - index % 8)) & 1;
}

int net_parse(const char *text, size_t size, net_network *network) {
  const char *slash = size > 0 ? memchr(text, '/', size) : NULL;
  size_t before = slash != NULL ? (size_t)(slash - text) : size;
  if (parse_address(text, before, &network->base) != 0) return -1;
  network->bits = width(network->base.family);
  if (slash == NULL) return 0;
  network->bits = number(slash + 1, size - before - 1);
  if (network->bits < 0 || network->bits > width(network->base.family)) return -1;
  for (int i = network->bits; i < width(network->base.family); i++) {
    if (bit(&network->base, i)) return -1;
  }
  return 0;
}

int net_holds(const net_network *network, const net_address *address) {
  if (network->base.family != address->family) return 0;
  for (int i = 0; i < network->bits; i++) {
    if (bit(&network->base, i) != bit(address, i)) return 0;
  }
  return 1;
}

int net_is_local(const net_address *address) {
  /* RFC 1122 (this network, loopback), RFC 3927, RFC 4291. */
  static const char *const local[] = {"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "::/128", "::1/128", "fe80::/10"};
  for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
    net_network network;
    if (net_parse(local[i], strlen(local[i]), &network) == 0 && net_holds(&network, address)) return 1;
  }
  return 0;
}

void net_print(const net_address *address, char *text) {
  if (inet_ntop(address->family == 4 ? AF_INET : AF_INET6, address->bytes, text, NET_TEXT) == NULL) text[0] = 0;
}

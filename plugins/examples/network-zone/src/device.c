#define _POSIX_C_SOURCE 200809L

#include "device.h"

#include <errno.h>
#include <string.h>

/* Longer than every line of these files. */
#define LONGEST 256

/* Adds an address that is not there yet and says something. */
static int add(device_addresses *addresses, const net_address *address) {
  if (net_is_local(address)) return 0;
  for (size_t i = 0; i < addresses->count; i++) {
    if (memcmp(&addresses->items[i], address, sizeof *address) == 0) return 0;
  }
  if (addresses->count == NET_MOST) return -1;
  addresses->items[addresses->count++] = *address;
  return 0;
}

int device_read_fib_trie(FILE *file, device_addresses *addresses) {
  static const char leaf[] = "|-- ", own[] = "/32 host LOCAL";
  char line[LONGEST];
  net_network last;
  int is_known = 0;
  while (fgets(line, sizeof line, file) != NULL) {
    const char *begin = line + strspn(line, " ");
    if (strncmp(begin, leaf, sizeof leaf - 1) == 0) {
      const char *text = begin + sizeof leaf - 1;
      is_known = net_parse(text, strcspn(text, " \n"), &last) == 0;
    } else if (strncmp(begin, own, sizeof own - 1) == 0 && is_known) {
      if (add(addresses, &last.base) != 0) return -1;
    }
  }
  return ferror(file) ? -1 : 0;
}

static int hex(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

int device_read_if_inet6(FILE *file, device_addresses *addresses) {
  char line[LONGEST];
  while (fgets(line, sizeof line, file) != NULL) {
    net_address address = {6, {0}};
    if (strspn(line, "0123456789abcdef") != 32 || line[32] != ' ') return -1;
    for (size_t i = 0; i < 16; i++) {
      address.bytes[i] = (unsigned char)(hex(line[2 * i]) * 16 + hex(line[2 * i + 1]));
    }
    if (add(addresses, &address) != 0) return -1;
  }
  return ferror(file) ? -1 : 0;
}

typedef int (*reader)(FILE *file, device_addresses *addresses);

/* Reads one file; one that is not there is `missing`. */
static int read_one(const char *folder, const char *name, reader read, int missing, device_addresses *addresses) {
  char path[LONGEST];
  int length = snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file;
  int done;
  if (length < 0 || (size_t)length >= sizeof path) return -1;
  file = fopen(path, "re");
  if (file == NULL) return errno == ENOENT ? missing : -1;
  done = read(file, addresses);
  return fclose(file) == 0 ? done : -1;
}

int device_read(const char *folder, device_addresses *addresses) {
  memset(addresses, 0, sizeof *addresses);
  if (read_one(folder, "fib_trie", device_read_fib_trie, -1, addresses) != 0) return -1;
  return read_one(folder, "if_inet6", device_read_if_inet6, 0, addresses);
}

/* Tests of what the plugin reads and decides: `make test` builds and runs them. */

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/device.h"
#include "../src/net.h"
#include "../src/zone.h"

static int failures, checks;

#define CHECK(what, about)                                                 \
  do {                                                                     \
    checks++;                                                              \
    if (!(what)) {                                                         \
      failures++;                                                          \
      fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #what, about); \
    }                                                                      \
  } while (0)

static net_address address(const char *text) {
  net_network network;
  if (net_parse(text, strlen(text), &network) != 0) abort();
  return network.base;
}

static int holds(const char *network, const char *one) {
  net_network read;
  net_address of = address(one);
  if (net_parse(network, strlen(network), &read) != 0) abort();
  return net_holds(&read, &of);
}

static FILE *file_of(const char *text) {
  FILE *file = tmpfile();
  if (file == NULL || fputs(text, file) < 0) abort();
  rewind(file);
  return file;
}

static void what_is_a_network_is_read(void) {
  static const char *const good[] = {"10.0.0.0/8",     "0.0.0.0/0", "192.0.2.7",        "192.0.2.7/32", "192.0.2.128/25",
                                     "fd00::/8",       "::/0",      "2001:db8::1",      "fe80::/10",    "::ffff:192.0.2.0/120",
                                     "2001:db8::/127"};
  static const char *const bad[] = {"",           "/8",          "10.0.0.0/",   "10.0.0.0/33", "10.0.0.0/-1",  "10.0.0.0/08",
                                    "10.0.0.1/8", "10.0.0/8",    "010.0.0.0/8", "fd00::1/8",   "fd00::/129",   "fd00::/8 ",
                                    " fd00::/8",  "10.0.0.0/8/8", "fe80::1%eth0", "a.example",   "10.0.0.0/0x8", "10.0.0.0/1000",
                                    "11111111111111111111111111111111111111111111111111"};
  net_network network;
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    CHECK(net_parse(good[i], strlen(good[i]), &network) == 0, good[i]);
  }
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    CHECK(net_parse(bad[i], strlen(bad[i]), &network) != 0, bad[i]);
  }
  CHECK(net_parse("10.0.0.0\0/8", 11, &network) != 0, "a zero inside");
}

static void a_network_holds_its_own_addresses(void) {
  CHECK(holds("10.0.0.0/8", "10.255.0.1"), "inside");
  CHECK(!holds("10.0.0.0/8", "11.0.0.0"), "behind");
  CHECK(holds("192.0.2.128/25", "192.0.2.255"), "half a byte");
  CHECK(!holds("192.0.2.128/25", "192.0.2.127"), "before");
  CHECK(holds("192.0.2.7", "192.0.2.7") && !holds("192.0.2.7", "192.0.2.6"), "one");
  CHECK(holds("0.0.0.0/0", "203.0.113.1") && !holds("0.0.0.0/0", "2001:db8::1"), "all of a family");
  CHECK(holds("fd00::/8", "fdff::1") && !holds("fd00::/8", "fc00::1"), "IPv6");
  CHECK(!holds("::/0", "10.0.0.1"), "another family");
}

static void some_addresses_say_nothing(void) {
  static const char *const local[] = {"127.0.0.1", "127.255.255.255", "169.254.1.1", "0.0.0.0", "::1", "::", "fe80::1", "febf::1"};
  static const char *const others[] = {"128.0.0.1", "169.253.1.1", "10.0.0.1", "fec0::1", "::2", "fd00::1"};
  for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
    net_address of = address(local[i]);
    CHECK(net_is_local(&of), local[i]);
  }
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    net_address of = address(others[i]);
    CHECK(!net_is_local(&of), others[i]);
  }
}

static const char trie[] =
    "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n"
    "     +-- 192.0.2.0/24 2 0 2\n        |-- 192.0.2.0\n           /24 link UNICAST\n"
    "        |-- 192.0.2.2\n           /32 host LOCAL\n        |-- 192.0.2.255\n           /32 link BROADCAST\n"
    "     |-- 127.0.0.1\n        /32 host LOCAL\n     |-- 10.8.0.6\n        /30 link UNICAST\n        /32 host LOCAL\n"
    "Local:\n        |-- 192.0.2.2\n           /32 host LOCAL\n";
static const char inet6[] =
    "fe8000000000000000fc00fffe000001 04 40 20 80     eth0\n"
    "00000000000000000000000000000001 01 80 10 80       lo\n"
    "fd000000000000000000000000000002 04 40 00 82     eth0\n";

static void the_device_s_addresses_are_read_once(void) {
  device_addresses device = {0, {{0, {0}}}};
  net_address wanted[] = {address("192.0.2.2"), address("10.8.0.6"), address("fd00::2")};
  FILE *file = file_of(trie);
  CHECK(device_read_fib_trie(file, &device) == 0, "IPv4");
  fclose(file);
  file = file_of(inet6);
  CHECK(device_read_if_inet6(file, &device) == 0, "IPv6");
  fclose(file);
  CHECK(device.count == 3, "three addresses");
  CHECK(memcmp(device.items, wanted, sizeof wanted) == 0, "in their order");
}

static void what_is_no_list_of_addresses_is_an_error(void) {
  static const char *const bad[] = {"fd00::2 04\n", "\n", "fd0000000000000000000000000000020 x\n",
                                    "fd00000000000000000000000000000g 04 40\n", "fd00"};
  device_addresses device = {0, {{0, {0}}}};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    FILE *file = file_of(bad[i]);
    CHECK(device_read_if_inet6(file, &device) != 0, bad[i]);
    fclose(file);
  }
  CHECK(device_read("/no/such/folder", &device) != 0, "no folder");
  CHECK(device.count == 0, "nothing is made up");
}

static void more_addresses_than_are_looked_at_are_an_error(void) {
  device_addresses device = {0, {{0, {0}}}};
  FILE *file = tmpfile();
  if (file == NULL) abort();
  for (int i = 0; i <= NET_MOST; i++) fprintf(file, "|-- 10.0.%d.%d\n/32 host LOCAL\n", i / 200, i % 200 + 1);
  rewind(file);
  CHECK(device_read_fib_trie(file, &device) != 0, "too many");
  fclose(file);
}

static int parses(const char *json, size_t count, const char *part) {
  zone_list list;
  const char *wrong;
  size_t size;
  int read = zone_parse(json, strlen(json), &list, &wrong, &size);
  if (part != NULL) return read != 0 && size == strlen(part) && memcmp(wrong, part, size) == 0;
  return read == 0 && list.count == count;
}

static void lists_of_networks_are_read_as_json(void) {
  static const char *const bad[] = {"",         "null",           "{}",          "\"10.0.0.0/8\"",  "[",          "[1]", "[\"10.0.0.0/8\"",
                                    "[\"10.0.0.0/8\",]", "[,]", "[\"10.0.0.0/8\"] x", "[\"10.0.0.0/8\" \"::/0\"]", "[\"10.0.0.0/8", "[] x"};
  CHECK(parses("[]", 0, NULL), "empty");
  CHECK(parses(" [ \"10.0.0.0/8\" ,\n\"fd00::/8\" ] ", 2, NULL), "blanks");
  CHECK(parses("[\"::/0\",\"office\",\"10.0.0.0/8\"]", 0, "\"office\""), "the entry that is wrong");
  CHECK(parses("[\"10.0.0.0\\/8\"]", 0, "\"10.0.0.0\\/8\""), "an escape");
  CHECK(parses("[\"\"]", 0, "\"\""), "an empty entry");
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) CHECK(parses(bad[i], 0, bad[i]), bad[i]);
}

static zone_answer judged(const char *allowed, const char *denied, const char *one) {
  zone_list lists[2];
  const char *wrong;
  size_t size;
  const net_address *which;
  device_addresses device = {0, {{0, {0}}}};
  if (one != NULL) device.items[device.count++] = address(one);
  if (allowed != NULL && zone_parse(allowed, strlen(allowed), &lists[0], &wrong, &size) != 0) abort();
  if (denied != NULL && zone_parse(denied, strlen(denied), &lists[1], &wrong, &size) != 0) abort();
  return zone_judge(allowed ? &lists[0] : NULL, denied ? &lists[1] : NULL, &device, &which);
}

static void a_denied_network_goes_before_an_allowed_one(void) {
  CHECK(judged(NULL, NULL, "10.0.0.1") == ZONE_SILENT, "no policy");
  CHECK(judged("[\"10.0.0.0/8\"]", NULL, "10.0.0.1") == ZONE_ALLOWED, "inside");
  CHECK(judged("[\"10.0.0.0/8\"]", NULL, "192.0.2.2") == ZONE_OUTSIDE, "outside");
  CHECK(judged("[]", NULL, "10.0.0.1") == ZONE_OUTSIDE, "an empty list allows nothing");
  CHECK(judged("[\"10.0.0.0/8\"]", "[\"10.9.0.0/16\"]", "10.9.0.1") == ZONE_DENIED, "both");
  CHECK(judged(NULL, "[\"10.9.0.0/16\"]", "10.8.0.1") == ZONE_ALLOWED, "not denied");
  CHECK(judged(NULL, "[\"10.9.0.0/16\"]", NULL) == ZONE_ALLOWED, "offline is no denied network");
  CHECK(judged("[\"::/0\"]", NULL, NULL) == ZONE_OFFLINE, "offline");
}

int main(void) {
  what_is_a_network_is_read();
  a_network_holds_its_own_addresses();
  some_addresses_say_nothing();
  the_device_s_addresses_are_read_once();
  what_is_no_list_of_addresses_is_an_error();
  more_addresses_than_are_looked_at_are_an_error();
  lists_of_networks_are_read_as_json();
  a_denied_network_goes_before_an_allowed_one();
  printf("%d checks, %d failed\n", checks, failures);
  return failures == 0 ? 0 : 1;
}

#include "zone.h"

#include <string.h>

static size_t blank(const char *json, size_t size, size_t at) {
  while (at < size && json[at] != 0 && strchr(" \t\r\n", json[at]) != NULL) at++;
  return at;
}

/* One element of the list, with its quotes; the place behind it, or 0 where there is none. */
static size_t element(const char *json, size_t size, size_t at) {
  const char *end;
  if (at >= size || json[at] != '"') return 0;
  end = memchr(json + at + 1, '"', size - at - 1);
  return end != NULL ? (size_t)(end - json) + 1 : 0;
}

int zone_parse(const char *json, size_t size, zone_list *list, const char **wrong, size_t *wrong_size) {
  size_t at = blank(json, size, 0);
  list->count = 0;
  *wrong = json;
  *wrong_size = size;
  if (at >= size || json[at] != '[') return -1;
  at = blank(json, size, at + 1);
  if (at < size && json[at] == ']') return blank(json, size, at + 1) == size ? 0 : -1;
  for (;;) {
    size_t end = element(json, size, at);
    if (end == 0 || list->count == NET_MOST) return -1;
    /* No network has a character that JSON escapes, so a backslash is none. */
    if (net_parse(json + at + 1, end - at - 2, &list->items[list->count]) != 0) {
      *wrong = json + at;
      *wrong_size = end - at;
      return -1;
    }
    list->count++;
    at = blank(json, size, end);
    if (at < size && json[at] == ']') return blank(json, size, at + 1) == size ? 0 : -1;
    if (at >= size || json[at] != ',') return -1;
    at = blank(json, size, at + 1);
  }
}

static int has(const zone_list *list, const net_address *address) {
  for (size_t i = 0; i < list->count; i++) {
    if (net_holds(&list->items[i], address)) return 1;
  }
  return 0;
}

/* The first address that is in the list, or null. */
static const net_address *first(const zone_list *list, const device_addresses *device) {
  for (size_t i = 0; list != NULL && i < device->count; i++) {
    if (has(list, &device->items[i])) return &device->items[i];
  }
  return NULL;
}

zone_answer zone_judge(const zone_list *allowed, const zone_list *denied, const device_addresses *device,
                       const net_address **which) {
  *which = NULL;
  if (allowed == NULL && denied == NULL) return ZONE_SILENT;
  *which = first(denied, device);
  if (*which != NULL) return ZONE_DENIED;
  if (allowed == NULL) return ZONE_ALLOWED;
  if (device->count == 0) return ZONE_OFFLINE;
  *which = first(allowed, device);
  if (*which != NULL) return ZONE_ALLOWED;
  *which = &device->items[0];
  return ZONE_OUTSIDE;
}

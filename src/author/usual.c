#include "author/usual.h"

/* What devices and templates call it, and what tables of names do. */
static const struct {
    const char *other, *usual;
} words[] = {
    {"intf", "interface"},       {"int", "interface"},
    {"iface", "interface"},      {"interfaces", "interface"},
    {"addr", "address"},         {"ip", "ip_address"},
    {"ipaddr", "ip_address"},    {"mac", "mac_address"},
    {"vlan", "vlan_id"},         {"vlanid", "vlan_id"},
    {"desc", "description"},     {"descr", "description"},
    {"ver", "version"},          {"sn", "serial"},
    {"serial_number", "serial"}, {"serialnumber", "serial"},
    {"serial_no", "serial"},     {"serial_num", "serial"},
    {"up_time", "uptime"},       {"hw", "hardware"},
    {"sw", "software"},          {"nbr", "neighbor"},
    {"neighbour", "neighbor"},   {"mask", "netmask"},
    {"prio", "priority"},        {"pri", "priority"},
    {"proto", "protocol"},       {"host_name", "hostname"},
    {"username", "user"},        {"mem", "memory"},
    {"mgmt_ip", "mgmt_address"}, {"capability", "capabilities"},
};

const char *usual_word(struct view word)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (view_equal_str(word, words[i].other)) {
            return words[i].usual;
        }
    }
    return NULL;
}

void usual_words(struct strbuf *out, const char *name)
{
    strbuf_reset(out);
    for (const char *p = name; *p;) {
        size_t n = strcspn(p, "_");
        const char *usual = usual_word(view_make(p, n));
        /* "ip_addr" is no "ip_address_address" */
        size_t cut = usual && p[n] ? strcspn(usual, "_") : usual ? strlen(usual) : 0;
        strbuf_addview(out, usual ? view_make(usual, cut) : view_make(p, n));
        p += n;
        if (*p) {
            strbuf_addch(out, *p++);
        }
    }
}

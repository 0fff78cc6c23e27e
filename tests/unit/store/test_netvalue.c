/* Versions, interface names, addresses and MACs sort and read as people expect. */
#include "test.h"

#include "store/netvalue.h"

static void versions_in_order(void)
{
    static const char *const rising[] = {
        "",
        "1.0~beta",
        "1.0rc1",
        "1.0rc2",
        "1.0",
        "1.0.1",
        "12.2",
        "12.2(55)SE",
        "12.2(55)SE3",
        "12.2(55)SE12",
        "12.4(24)T",
        "15.1",
        "15.2",
        "15.2(4)E7",
        "15.2(4)E10",
        "15.2(7)E3",
        "16.9.4",
        "16.12.1",
        "17.3.1",
        "17.03.04",
        "21.4R3",
        "21.4R3-S1",
        "21.4R3-S10",
        "22.1R1",
        "99999999999999999999999999",
        "100000000000000000000000000",
    };
    size_t n = sizeof(rising) / sizeof(rising[0]);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            int got = version_compare(view_of(rising[i]), view_of(rising[k]));
            int want = i < k ? -1 : i > k;
            if (got != want) {
                fprintf(stderr, "version_compare(%s, %s) = %d\n", rising[i], rising[k], got);
            }
            CHECK(got == want);
        }
    }
    CHECK(version_compare(VIEW("17.03.01a"), VIEW("17.3.1A")) == 0);
    CHECK(version_compare(VIEW("v9.3(8)"), VIEW("V9.3.8")) == 0);
}

static int by_interface(const char *a, const char *b)
{
    struct strbuf x = STRBUF_INIT, y = STRBUF_INIT;
    interface_sort_key(&x, view_of(a));
    interface_sort_key(&y, view_of(b));
    int order = strcmp(x.buf, y.buf);
    strbuf_release(&x);
    strbuf_release(&y);
    return order;
}

static void interfaces_in_order(void)
{
    CHECK(by_interface("Gi1/0/2", "Gi1/0/10") < 0);
    CHECK(by_interface("Gi1/0/2", "GigabitEthernet1/0/2") == 0);
    CHECK(by_interface("GigabitEthernet 1/0/2", "gi1/0/2") == 0);
    CHECK(by_interface("Gi1/0/1", "Gi1/0/1.100") < 0);
    CHECK(by_interface("Gi1/0/1.20", "Gi1/0/1.100") < 0);
    CHECK(by_interface("ge-0/0/9", "ge-0/0/10") < 0);
    CHECK(by_interface("Vlan9", "Vlan10") < 0);
    CHECK(by_interface("Port-channel2", "Po10") < 0);
    CHECK(by_interface("Port-channel10", "Po10") == 0);
    CHECK(by_interface("eth0", "Ethernet0") == 0);
}

static void addresses_in_order(void)
{
    static const char *const rising[] = {
        "2.0.0.1",        "10.0.0.0/8", "10.0.0.0/16",   "10.0.0.2",    "10.0.0.10",
        "192.168.1.1/24", "::1",        "2001:db8::/32", "2001:db8::1", "fe80::1%eth0"};
    struct strbuf last = STRBUF_INIT, key = STRBUF_INIT;
    for (size_t i = 0; i < sizeof(rising) / sizeof(rising[0]); i++) {
        strbuf_reset(&key);
        CHECK(ip_sort_key(&key, view_of(rising[i])));
        CHECK(strcmp(last.buf, key.buf) < 0);
        strbuf_reset(&last);
        strbuf_addview(&last, strbuf_view(&key));
    }
    CHECK(!ip_sort_key(&key, VIEW("unassigned")));
    CHECK(!ip_sort_key(&key, VIEW("10.0.0.1/33")));
    CHECK(!ip_sort_key(&key, VIEW("10.0.0.1/")));
    CHECK(!ip_sort_key(&key, VIEW("")));
    strbuf_release(&last);
    strbuf_release(&key);
}

static void networks_hold_addresses(void)
{
    CHECK(cidr_contains(VIEW("10.0.0.0/8"), VIEW("10.1.2.3")) == 1);
    CHECK(cidr_contains(VIEW("10.0.0.0/8"), VIEW("11.1.2.3")) == 0);
    CHECK(cidr_contains(VIEW("10.0.0.128/25"), VIEW("10.0.0.127")) == 0);
    CHECK(cidr_contains(VIEW("10.0.0.0/24"), VIEW("10.0.0.0/16")) == 0);
    CHECK(cidr_contains(VIEW("0.0.0.0/0"), VIEW("1.2.3.4")) == 1);
    CHECK(cidr_contains(VIEW("2001:db8::/33"), VIEW("2001:db8:8000::1")) == 0);
    CHECK(cidr_contains(VIEW("2001:db8::/32"), VIEW("10.0.0.1")) == 0);
    CHECK(cidr_contains(VIEW("10.0.0.0/8"), VIEW("unassigned")) == -1);
    CHECK(cidr_contains(VIEW("x"), VIEW("10.0.0.1")) == -1);
}

static void macs_have_one_spelling(void)
{
    static const char *const same[] = {"aabb.ccdd.ee0f", "AA-BB-CC-DD-EE-0F",
                                       "aa:bb:cc:dd:ee:0f", "aabbcc-ddee0f", "AABBCCDDEE0F"};
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        struct strbuf out = STRBUF_INIT;
        CHECK(mac_spell(&out, view_of(same[i])));
        CHECK_STR(out.buf, "aa:bb:cc:dd:ee:0f");
        strbuf_release(&out);
    }
    struct strbuf out = STRBUF_INIT;
    CHECK(!mac_spell(&out, VIEW("aabb.ccdd.ee0")));
    CHECK(!mac_spell(&out, VIEW("aabb.ccdd.ee0ff")));
    CHECK(!mac_spell(&out, VIEW("GigabitEthernet")));
    CHECK(out.len == 0);
}

int main(void)
{
    RUN(versions_in_order);
    RUN(interfaces_in_order);
    RUN(addresses_in_order);
    RUN(networks_hold_addresses);
    RUN(macs_have_one_spelling);
    return test_end();
}

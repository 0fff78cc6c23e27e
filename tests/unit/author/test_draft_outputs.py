#!/usr/bin/python3
"""Drafts from outputs of real devices: of each of these tables the draft reads every row, as many
as there are, and says of no line that it reads it wrongly.
"""
import json
import os
import subprocess
import sys

DRIVER = os.path.join(os.environ["BUILD_DIR"], "tests", "driver-author-draft")
OUTPUTS = os.path.join(os.environ.get("SHARED_DIR", ""), "outputs")
TABLES = """
arista_eos/show_interfaces_status/arista_eos_show_interfaces_status
arista_eos/show_vlan/arista_eos_show_vlan
aruba_aoscx/show_vlan/show_vlan
cisco_ios/show_cdp_neighbors/cisco_ios_show_cdp_neighbors_2
cisco_ios/show_interfaces_description/cisco_ios_show_interfaces_description
cisco_ios/show_ip_bgp_summary/cisco_ios_show_ip_bgp_summary_with_dot_peer_as
cisco_ios/show_ip_interface_brief/cisco_ios_show_ip_interface_brief
cisco_ios/show_ip_ospf_neighbor/four_neighbors
cisco_ios/show_lldp_neighbors/cisco_ios_show_lldp_neighbors3
cisco_ios/show_mac-address-table/cisco_ios_show_mac-address-table
cisco_ios/show_module/cisco_ios_show_module2
cisco_ios/show_power_inline/cisco_ios_show_power_inline
cisco_nxos/show_interface_status/cisco_nxos_show_interface_status4
cisco_nxos/show_module/cisco_nxos_show_module2
hp_procurve/show_vlans/hp_procurve_show_vlans2
huawei_vrp/display_interface_brief/huawei_vrp_display_interface_brief2
juniper_junos/show_lldp_neighbors/juniper_junos_show_lldp_neighbors
paloalto_panos/show_arp_all/paloalto_panos_show_arp_all
""".split()
PAIRS = """
arista_eos/show_version/arista_eos_show_version2
aruba_aoscx/show_system/show_system5
cisco_ios/show_inventory/cisco_ios_show_inventory
fortinet/get_system_status/fortinet_get_system_status_7.0
mikrotik_routeros/system_resource_print/mikrotik_routeros_system_resource_print_1
""".split()
EXPECTED_TOLD = ("passed over", "left out")


def expected(stem):
    with open(stem + ".json") as file:
        records = json.load(file)
    return len(records if isinstance(records, list) else records["parsed_sample"])


def check(name):
    stem = os.path.join(OUTPUTS, name)
    with open(stem + ".raw", "rb") as file:
        done = subprocess.run([DRIVER, "show it"], stdin=file, capture_output=True, timeout=60)
    if done.returncode != 0:
        return done.stdout.decode() + done.stderr.decode()
    template, records, told = done.stdout.decode().split("=====\n")
    rows = len(json.loads(records))
    wrong = [line for line in told.splitlines() if not any(t in line for t in EXPECTED_TOLD)]
    if rows != expected(stem) or wrong:
        return f"{rows} rows of {expected(stem)}\n" + "\n".join(wrong) + "\n" + template
    return ""


if not os.path.isdir(OUTPUTS):
    print("skipped: SHARED_DIR has no outputs of devices")
    sys.exit(77)
bad = [(name, said) for name in TABLES + PAIRS for said in [check(name)] if said]
for name, said in bad:
    print(f"{name}: {said}")
print(f"{len(TABLES) + len(PAIRS) - len(bad)} of {len(TABLES) + len(PAIRS)} drafts read every row")
sys.exit(1 if bad else 0)

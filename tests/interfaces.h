/* A row of show interfaces, for the programs that make a million of them. */
#ifndef TESTS_INTERFACES_H
#define TESTS_INTERFACES_H

static const char *const interface_names[] = {
    "host",          "platform",        "command",        "collected_at", "interface",
    "link_status",   "protocol_status", "hardware_type",  "mac_address",  "bia",
    "description",   "ip_address",      "prefix_length",  "mtu",          "duplex",
    "speed",         "media_type",      "bandwidth",      "delay",        "encapsulation",
    "last_input",    "last_output",     "queue_strategy", "input_rate",   "output_rate",
    "input_packets", "output_packets",  "input_errors",   "crc",          "abort",
    "output_errors",
};
#define INTERFACE_COLUMNS (sizeof(interface_names) / sizeof(interface_names[0]))

static const char *const interface_values[INTERFACE_COLUMNS] = {
    "r0",
    "cisco_ios",
    "show interfaces",
    "2026-11-23T01:20:05Z",
    "GigabitEthernet1/0/0",
    "up",
    "up (connected)",
    "Gigabit Ethernet",
    "0018.7365.2a01",
    "0018.7365.2a01",
    "uplink to core, rack 12 \"A\"",
    "10.20.30.41",
    "24",
    "1500",
    "Full-duplex",
    "1000Mb/s",
    "10/100/1000BaseTX",
    "1000000 Kbit",
    "10 usec",
    "ARPA",
    "00:00:01",
    "00:00:00",
    "fifo",
    "1234000",
    "5678000",
    "123456789",
    "987654321",
    "0",
    "0",
    "",
    "0",
};

#endif

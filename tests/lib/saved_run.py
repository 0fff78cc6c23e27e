"""A run's database made by hand, for tests of databases that collect has not saved itself."""

TABLES = """
CREATE TABLE _runs(id INTEGER PRIMARY KEY, started TEXT, ended TEXT, who TEXT, inventory TEXT,
  inventory_sha256 TEXT, options TEXT, version TEXT);
CREATE TABLE _hosts(run INTEGER, host TEXT, address TEXT, port INTEGER, platform TEXT, status TEXT,
  reason TEXT, connect_ms INTEGER, auth_ms INTEGER, total_ms INTEGER, algorithms TEXT,
  fingerprint TEXT, place INTEGER, groups TEXT, data TEXT);
CREATE TABLE _jobs(run INTEGER, host TEXT, command TEXT, template TEXT, template_fingerprint TEXT,
  status TEXT, reason TEXT, collected_at TEXT, took_ms INTEGER, exit_status INTEGER, output TEXT);
"""

#!/usr/bin/python3
"""SARIF: valid, and saying of each finding what the audit says of it. The checker itself is
shown to find what is wrong."""
import copy
import importlib
import json
import os
import sys
from urllib.parse import unquote

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from audits import CASES, HOSTS, RULES, report, run_tests
from sarif import sarif_errors


def read(case, *options):
    return json.loads(report(case, "-f", "sarif", *options))


def all_are_valid():
    for case in CASES + ("300x20",):
        document = read(case)
        assert not sarif_errors(document), (case, sarif_errors(document)[:5])


def the_checker_finds_faults():
    def set_at(*path):
        *way, last, value = path

        def change(document):
            at = document["runs"][0]
            for step in way:
                at = at[step]
            if value is None:
                del at[last]
            else:
                at[last] = value
        return change
    faults = [set_at("tool", "driver", "name", None), set_at("tool", "driver", "nmae", "x"),
              set_at("results", 0, "message", None), set_at("results", 0, "message", "text", 5),
              set_at("results", 0, "kind", "passed"), set_at("results", 0, "level", "error"),
              set_at("results", 0, "ruleIndex", 3), set_at("results", 0, "ruleIndex", "0"),
              set_at("results", 0, "ruleId", "other"), set_at("results", 0, "baselineState", "new"),
              set_at("results", 9, "locations", 0, "physicalLocation", "region", "startLine", 0),
              set_at("results", 9, "locations", 0, "physicalLocation", "region", "startLine", None),
              set_at("results", 0, "locations", 0, "physicalLocation", "artifactLocation", "uri", "a b"),
              set_at("invocations", 0, "executionSuccessful", None),
              set_at("invocations", 0, "endTimeUtc", "yesterday"),
              set_at("tool", "driver", "rules", 1, "id", "ntp"),
              set_at("results", 0, "partialFingerprints", "x", 5)]
    document = read("all")
    for i, fault in enumerate(faults):
        broken = copy.deepcopy(document)
        fault(broken)
        assert sarif_errors(broken), f"fault {i} was not found"


def results_say_what_the_findings_say():
    kinds = {"FAIL": "fail", "ERROR": "open", "WAIVED": "fail", "PASS": "pass",
             "SKIP": "notApplicable"}
    levels = {"critical": "error", "high": "error", "medium": "warning", "low": "note",
              "info": "note"}
    for case in ("all", "baseline"):
        findings = json.loads(report(case, "-f", "json"))["findings"]
        results = read(case)["runs"][0]["results"]
        assert len(results) == len(findings)
        for result, finding in zip(results, findings):
            assert result["ruleId"] == finding["rule"]
            assert result["kind"] == kinds[finding["verdict"]]
            assert result["properties"]["verdict"] == finding["verdict"]
            if result["kind"] == "fail":
                assert result["level"] == levels[finding["severity"]]
            host = result["locations"][0]["logicalLocations"][0]["name"]
            assert host == finding["host"]
            assert ("suppressions" in result) == (finding["verdict"] == "WAIVED")
            for location, seen in zip(result["locations"], finding["evidence"]):
                physical = location["physicalLocation"]
                parts = physical["artifactLocation"]["uri"].split("/")
                want = [finding["host"]] + ([seen["command"]] if seen["command"] else [])
                assert [unquote(part) for part in parts] == want, parts
                assert physical.get("region", {}).get("startLine") == seen["line"]
                if seen["line"]:
                    assert physical["region"]["snippet"]["text"] == seen["text"]
                assert location["properties"].get("output_sha256") == seen["output_sha256"]
            assert len(result["locations"]) == max(1, len(finding["evidence"]))
    assert len(read("all")["runs"][0]["results"]) == HOSTS * RULES


def waivers_suppress():
    waived = [r for r in read("all")["runs"][0]["results"] if "suppressions" in r]
    assert [r["suppressions"] for r in waived] == [[
        {"kind": "external", "status": "accepted", "justification": "replaced in May",
         "properties": {"owner": "ada", "expires": "2027-05-31"}}]]
    text = next(r["message"]["text"] for r in read("all")["runs"][0]["results"]
                if "expired" in r["message"]["text"])
    assert "2026-01-31" in text, text


def trends_are_states():
    for options, states in (((), {"new", "absent", "updated"}),
                            (("--all",), {"new", "absent", "updated", "unchanged"})):
        results = read("baseline", *options)["runs"][0]["results"]
        assert {r["baselineState"] for r in results} == states
    for result in read("baseline", "--all")["runs"][0]["results"]:
        if result["baselineState"] == "new":
            assert result["kind"] in ("fail", "open")
        if result["baselineState"] == "absent":
            assert result["kind"] not in ("fail", "open")


def fingerprints_are_of_rule_and_host():
    def prints(case):
        return {(r["ruleId"], r["locations"][0]["logicalLocations"][0]["name"]):
                r["partialFingerprints"]["ruleAndHost/v1"]
                for r in read(case, "--all")["runs"][0]["results"]}
    one, other = prints("all"), prints("baseline")
    assert one == other and len(set(one.values())) == HOSTS * RULES


def success_is_all_judged():
    for case, good in (("all", False), ("clean", True), ("no-hosts", True)):
        run = read(case)["runs"][0]
        assert run["invocations"][0]["executionSuccessful"] == good
    warnings = read("all")["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert len(warnings) == 1 and "host9" in warnings[0]["message"]["text"]


def properties(document, kind, om):
    """Every property of our document is one that another's object model knows, with nothing
    missing that it needs."""
    known = {f.metadata.get("schema_property_name", f.name): f
             for f in getattr(om, kind).__attrs_attrs__}
    for name in document:
        # It is of a draft in which this was called state.
        assert name in known or (kind, name) == ("Suppression", "status"), f"{kind} has no {name}"
    import attr
    for name, field in known.items():
        assert field.default is not attr.NOTHING or name in document, f"{kind} lacks {name}"


def another_object_model_agrees():
    try:
        om = importlib.import_module("sarif_om")
    except ImportError:
        print("(python3-sarif-python-om is not installed)")
        return
    document = read("all")
    run = document["runs"][0]
    properties(document, "SarifLog", om)
    properties(run, "Run", om)
    properties(run["tool"], "Tool", om)
    properties(run["tool"]["driver"], "ToolComponent", om)
    properties(run["invocations"][0], "Invocation", om)
    for rule in run["tool"]["driver"]["rules"]:
        properties(rule, "ReportingDescriptor", om)
        properties(rule["defaultConfiguration"], "ReportingConfiguration", om)
    for result in run["results"] + read("baseline")["runs"][0]["results"]:
        properties(result, "Result", om)
        for suppression in result.get("suppressions", []):
            properties(suppression, "Suppression", om)
        for location in result["locations"]:
            properties(location, "Location", om)
            properties(location["physicalLocation"], "PhysicalLocation", om)
            properties(location["physicalLocation"].get("region", {}), "Region", om)
            properties(location["logicalLocations"][0], "LogicalLocation", om)


run_tests(all_are_valid, the_checker_finds_faults, results_say_what_the_findings_say,
          waivers_suppress, trends_are_states, fingerprints_are_of_rule_and_host,
          success_is_all_judged, another_object_model_agrees)

"""Is a document SARIF 2.1.0? The standard's object model (OASIS, section 3) in our own words, as
far as our reports use it: which properties an object may and must have, what they hold, and what
must agree with what. Nothing that is not described here is allowed, so a misspelt property is
found. sarif_errors(document) returns the places and what is wrong there."""
import datetime
import re

STRING, INTEGER, BOOLEAN, BAG = "string", "integer", "boolean", "bag"


def array(of, least=0):
    return ("array", of, least)


def one_of(*values):
    return ("enum", values)


LEVEL = one_of("none", "note", "warning", "error")

# name: (required properties, all properties and what they hold). A property bag (3.8) may hold
# anything, and every object may have one.
OBJECTS = {
    "sarifLog": (("version", "runs"),
                 {"$schema": "uri", "version": one_of("2.1.0"), "runs": array("run")}),
    "run": (("tool",),
            {"tool": "tool", "invocations": array("invocation"), "results": array("result"),
             "automationDetails": "runAutomationDetails"}),
    "tool": (("driver",), {"driver": "toolComponent"}),
    "toolComponent": (("name",),
                      {"name": STRING, "version": STRING, "semanticVersion": STRING,
                       "informationUri": "uri", "rules": array("reportingDescriptor")}),
    "reportingDescriptor": (("id",),
                            {"id": STRING, "name": STRING,
                             "shortDescription": "multiformatMessageString",
                             "fullDescription": "multiformatMessageString",
                             "help": "multiformatMessageString", "helpUri": "uri",
                             "defaultConfiguration": "reportingConfiguration"}),
    "multiformatMessageString": (("text",), {"text": STRING, "markdown": STRING}),
    "reportingConfiguration": ((), {"level": LEVEL, "enabled": BOOLEAN}),
    "invocation": (("executionSuccessful",),
                   {"executionSuccessful": BOOLEAN, "startTimeUtc": "time", "endTimeUtc": "time",
                    "toolExecutionNotifications": array("notification")}),
    "notification": (("message",), {"message": "message", "level": LEVEL}),
    "result": (("message",),
               {"ruleId": STRING, "ruleIndex": INTEGER, "message": "message", "level": LEVEL,
                "kind": one_of("notApplicable", "pass", "fail", "review", "open",
                               "informational"),
                "locations": array("location"), "partialFingerprints": "strings",
                "suppressions": array("suppression"),
                "baselineState": one_of("new", "unchanged", "updated", "absent")}),
    "message": ((), {"text": STRING, "markdown": STRING, "id": STRING}),
    "location": ((), {"physicalLocation": "physicalLocation", "message": "message",
                      "logicalLocations": array("logicalLocation")}),
    "physicalLocation": ((), {"artifactLocation": "artifactLocation", "region": "region"}),
    "artifactLocation": ((), {"uri": "uri-reference", "uriBaseId": STRING}),
    "region": ((), {"startLine": INTEGER, "endLine": INTEGER, "snippet": "artifactContent"}),
    "artifactContent": ((), {"text": STRING}),
    "logicalLocation": ((), {"name": STRING, "kind": STRING, "fullyQualifiedName": STRING}),
    "suppression": (("kind",), {"kind": one_of("inSource", "external"), "justification": STRING,
                                "status": one_of("accepted", "underReview", "rejected")}),
    "runAutomationDetails": ((), {"id": STRING}),
}

URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?#\[\]-]|%[0-9A-Fa-f]{2})*")


class Checker:
    def __init__(self):
        self.errors = []

    def say(self, place, what):
        self.errors.append(f"{place}: {what}")

    def text(self, value, place):
        if not isinstance(value, str):
            self.say(place, f"{value!r} is no string")
            return False
        return True

    def string(self, value, place):
        self.text(value, place)

    def integer(self, value, place):
        if not isinstance(value, int) or isinstance(value, bool):
            self.say(place, f"{value!r} is no integer")

    def boolean(self, value, place):
        if not isinstance(value, bool):
            self.say(place, f"{value!r} is no boolean")

    def bag(self, value, place):
        if not isinstance(value, dict):
            self.say(place, "a property bag must be an object")

    def strings(self, value, place):
        self.bag(value, place)
        for key, text in value.items():
            self.text(text, f"{place}.{key}")

    def uri_reference(self, value, place):
        if self.text(value, place) and not URI_REFERENCE.fullmatch(value):
            self.say(place, f"{value!r} is no URI reference")

    def uri(self, value, place):
        self.uri_reference(value, place)
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", value):
            self.say(place, f"{value!r} is no absolute URI")

    def time(self, value, place):
        if not self.text(value, place):
            return
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value):
            self.say(place, f"{value!r} is no time in UTC")
            return
        try:
            datetime.datetime.fromisoformat(value[:19])
        except ValueError as e:
            self.say(place, str(e))

    def value(self, value, kind, place):
        if isinstance(kind, tuple) and kind[0] == "enum":
            if value not in kind[1]:
                self.say(place, f"{value!r} is none of {kind[1]}")
        elif isinstance(kind, tuple):
            if not isinstance(value, list) or len(value) < kind[2]:
                self.say(place, "must be an array")
                return
            for i, item in enumerate(value):
                self.value(item, kind[1], f"{place}[{i}]")
        elif kind in OBJECTS:
            self.object(value, kind, place)
        else:
            getattr(self, kind.replace("-", "_"))(value, place)

    def object(self, value, kind, place):
        required, properties = OBJECTS[kind]
        if not isinstance(value, dict):
            self.say(place, f"must be an object ({kind})")
            return
        for name in required:
            if name not in value:
                self.say(place, f"{kind} lacks {name}")
        for name, held in value.items():
            if name == "properties":
                self.bag(held, f"{place}.properties")
            elif name not in properties:
                self.say(place, f"{kind} has no property {name}")
            else:
                self.value(held, properties[name], f"{place}.{name}")

    def region(self, value, place):
        if value.get("startLine", 1) < 1:
            self.say(place, "lines begin at 1")
        if "startLine" not in value:
            self.say(place, "3.30.1: a region says where it is")

    def result(self, result, rules, place):
        """What the standard says in words."""
        kind = result.get("kind", "fail")
        if kind != "fail" and result.get("level", "none") != "none":
            self.say(place, "3.27.10: only a result of kind fail has a level")
        index = result.get("ruleIndex", -1)
        if not 0 <= index < len(rules) or rules[index]["id"] != result.get("ruleId"):
            self.say(place, "3.27.6: ruleIndex and ruleId must be of the same rule")
        message = result.get("message", {})
        if not message.get("text") and not message.get("id"):
            self.say(place, "3.11.7: a message has a text or an id")
        for i, location in enumerate(result.get("locations", [])):
            physical = location.get("physicalLocation", {})
            if "artifactLocation" not in physical:
                self.say(f"{place}.locations[{i}]", "3.29.2: a place is in an artifact")
            if "region" in physical:
                self.region(physical["region"], f"{place}.locations[{i}]")

    def run(self, run, place):
        rules = run["tool"]["driver"].get("rules", [])
        ids = [rule["id"] for rule in rules]
        if len(ids) != len(set(ids)):
            self.say(place, "3.19.23: a rule is there once")
        states = set()
        for i, result in enumerate(run.get("results", [])):
            self.result(result, rules, f"{place}.results[{i}]")
            states.add("baselineState" in result)
        if len(states) > 1:
            self.say(place, "3.27.24: all results have a baselineState, or none")


def sarif_errors(document):
    checker = Checker()
    checker.object(document, "sarifLog", "$")
    if not checker.errors:
        for i, run in enumerate(document["runs"]):
            checker.run(run, f"$.runs[{i}]")
    return checker.errors

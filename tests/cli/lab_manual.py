#!/usr/bin/python3
"""collect-lab.1 names every option and every setting that the code reads, and no others."""
import os
import re
import shutil
import subprocess
import sys

lab = os.environ["SOURCE_DIR"] + "/src/lab/"
manual = open(lab + "collect-lab.1").read()
settings = set(re.findall(r'FIELD\("([a-z_]+)"', open(lab + "settings.c").read()))
options = set(re.findall(r'\{"([a-z-]+)", (?:"[a-z]"|NULL), ', open(lab + "options.c").read()))
told = {word for line in re.findall(r"^\.It Ic (.*)$", manual, re.M) for word in line.replace("Ic ", "").split(" , ")}
told_options = set(re.findall(r"-([a-z-]{2,})",
                              " ".join(re.findall(r"^\.It (Fl .*)$", manual, re.M))))
errors = []
if len(settings) < 40 or len(options) < 10:
    errors.append("the tables were not found in the code")
for what, in_code, in_manual in (("setting", settings, told), ("option", options, told_options)):
    errors += ["%s %s is not in the manual" % (what, x) for x in sorted(in_code - in_manual)]
    errors += ["the manual's %s %s is not in the code" % (what, x)
               for x in sorted(in_manual - in_code)]
if shutil.which("mandoc"):
    lint = subprocess.run(["mandoc", "-T", "lint", lab + "collect-lab.1"], capture_output=True,
                          text=True).stdout
    errors += [line for line in lint.splitlines() if "referenced manual not found" not in line]
print("\n".join(errors))
sys.exit(bool(errors))

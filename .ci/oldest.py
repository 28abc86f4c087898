"""Print the oldest version that pyproject.toml allows of each requirement."""

import re
import tomllib

with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)["project"]
oldest = {}
for group in [project["dependencies"], *project["optional-dependencies"].values()]:
    for requirement in group:
        match = re.fullmatch(r"([\w.-]+)(?:\[.*\])?>=([\w.]+)", requirement)
        if match:
            oldest[match[1]] = match[2]
        elif not requirement.startswith(project["name"]):
            raise SystemExit(f"{requirement!r} has no lower bound to test")
for name, version in oldest.items():
    print(f"{name}=={version}")

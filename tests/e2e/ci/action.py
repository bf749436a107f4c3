"""Runs the steps of action.yml that are scripts, as a runner would: inputs as its defaults and `with` say, environment files, no checkout.

`action.py STACKPROOF`: the binary is given, so that nothing is built; that the key of the cache is made from the sources is tried too.
"""
import os, pathlib, re, subprocess, sys, tempfile
import ruamel.yaml

action = ruamel.yaml.YAML(typ="safe").load(open("action.yml", encoding="utf-8"))
steps = {step["id"]: step for step in action["runs"]["steps"] if "id" in step}
project = pathlib.Path.cwd()


def value(text, inputs, temp):
    """The few expressions that the action has."""
    text = text.replace("${{ inputs.binary || format('{0}/stackproof-bin/stackproof', runner.temp) }}", inputs["binary"])
    text = text.replace("${{ github.action_path }}", str(project)).replace("${{ runner.temp }}", str(temp))
    text = re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: inputs[found[1]], text)
    assert "${{" not in text, text
    return text


def run(step, temp, **given):
    inputs = {name: one.get("default", "") for name, one in action["inputs"].items()}
    inputs.update({name.replace("_", "-"): one for name, one in given.items()})
    files = {name: temp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("before\n")
    environment = {name: value(text, inputs, temp) for name, text in step.get("env", {}).items()}
    environment |= {name: str(file) for name, file in files.items()}
    environment |= {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(temp), "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64"}
    folder = value(step.get("working-directory", "."), inputs, temp)
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    ran = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    output = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines() if "=" in line)
    return ran, output, files["GITHUB_STEP_SUMMARY"].read_text()


with tempfile.TemporaryDirectory() as folder:
    temp = pathlib.Path(folder)
    binary = os.path.abspath(sys.argv[1])
    app = {"binary": binary, "paths": "fixtures/assemblies/production", "args": "--project-root fixtures/apps/production --no-config"}

    ran, output, summary = run(steps["check"], temp, sarif=str(temp / "a.sarif"), **app)
    assert (ran.returncode, output["exit-code"]) == (1, "1"), ran
    lines = ran.stdout.splitlines()
    stop = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", lines[0])[1]
    end = lines.index(f"::{stop}::")
    assert "18 errors, 39 warnings, 26 notes" in lines[:end], lines[end - 1]
    assert all(line.startswith("::") for line in lines[end + 1 :]) and len(lines) - end - 1 == 83
    assert summary.startswith("before\n## ") and "| **All** | 18 | 39 | 26 | 0 |" in summary
    assert (temp / "a.sarif").stat().st_size > 10_000
    assert not list(temp.glob("stackproof.*")), "scratch files stay"

    ran, output, summary = run(steps["check"], temp, annotations="false", summary="false", **app)
    assert ran.stdout.splitlines()[-1].startswith("::") and summary == "before\n" and ran.returncode == 1

    clean = {**app, "paths": "fixtures/assemblies/hardened", "args": "--config fixtures/apps/hardened/stackproof.yaml --profile production"}
    ran, output, _ = run(steps["check"], temp, **clean)
    assert (ran.returncode, output["exit-code"]) == (0, "0"), ran

    # What a pull request may write into an input is text: nothing is run, no pattern is expanded.
    ran, output, _ = run(steps["check"], temp, **{**app, "paths": f"$(touch {temp}/pwned) `touch {temp}/pwned` *;touch${{IFS}}{temp}/pwned"})
    assert output["exit-code"] in ("2", "3") and not (temp / "pwned").exists(), ran

    keys = [run(steps["source"], temp)[1]["key"] for _ in range(2)]
    assert keys[0] == keys[1] and re.fullmatch(r"stackproof-Linux-X64-[0-9a-f]{32}", keys[0]), keys
print("the steps of action.yml do what they say")

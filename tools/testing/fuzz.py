"""Fuzzing: `python3 -m tools.testing.fuzz [TARGET] [--seconds N]`."""
import argparse
import sys

from tools.testing.process import LOGS, ROOT, run

BINARIES = ROOT / "build" / "asan" / "bin"


def targets():
    return sorted(path.name for path in BINARIES.glob("*_fuzz"))


# Texts that the suites send to running servers.
CORPORA = {"registry_eureka_json_fuzz": "eureka/bodies", "registry_eureka_xml_fuzz": "eureka/bodies",
           "config_files_fuzz": "config/files"}


# Of one input: the largest of a corpus would make every try as slow as itself.
BYTES_MAX = 16_384


def seeds(target):
    """FOLDER/fuzz/corpus/WHAT of the target FOLDER_WHAT_fuzz, where there is one, and what CORPORA names."""
    what = target.removesuffix("_fuzz")
    own = [path for path in ROOT.glob("*/fuzz/corpus/*") if path.is_dir() and f"{path.parts[-4]}_{path.name}" == what]
    shared = CORPORA.get(target)
    return own + ([ROOT / "tests" / "corpora" / shared] if shared else [])


def command(target, seconds, log):
    own = ROOT / ".cache" / "fuzz" / target
    own.mkdir(parents=True, exist_ok=True)
    return [BINARIES / target, own, *seeds(target), f"-max_total_time={seconds}", f"-max_len={BYTES_MAX}", "-seed=1", "-timeout=10", "-rss_limit_mb=2048",
            "-print_final_stats=1", f"-artifact_prefix={log.parent}/{target}-"]


def artifacts(target, log):
    """Inputs that it has failed with: TARGET-crash-SUM and the like."""
    return {path for kind in ("crash", "leak", "oom", "timeout") for path in log.parent.glob(f"{target}-{kind}-*")}


def run_target(target, seconds, log):
    """The exit code of what is found twice.  A find fails again with its input; what the machine did to the process (a pause that
    looked like a slow input, a lack of memory) does not, and then the target has another turn.  New inputs are kept in
    .cache/fuzz/TARGET; one that fails is written beside the log."""
    before = artifacts(target, log)
    code = run(command(target, seconds, log), log, seconds + 120)
    if code == 0:
        return 0
    for found in sorted(artifacts(target, log) - before):
        if run([BINARIES / target, found, "-timeout=10", "-rss_limit_mb=2048"], log, 120, append=True) != 0:
            return code
    with open(log, "a", encoding="utf-8") as out:
        out.write("\nit did not fail again; another turn:\n")
    return run(command(target, seconds, log), log, seconds + 120, append=True)


def main():
    parser = argparse.ArgumentParser(prog="./dev fuzz")
    parser.add_argument("target", nargs="?", help="one of the targets; without it, all of them")
    parser.add_argument("--seconds", type=int, default=30, help="for each target (default 30)")
    chosen = parser.parse_args()
    if chosen.target and chosen.target not in targets():
        sys.exit(f"no target {chosen.target!r}; there are: {', '.join(targets())}")
    failed = 0
    for target in [chosen.target] if chosen.target else targets():
        log = LOGS / f"fuzz-{target}.log"
        code = run_target(target, chosen.seconds, log)
        print(f"{'ok  ' if code == 0 else 'FAIL'} {target}  {log}", flush=True)
        failed += code != 0
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

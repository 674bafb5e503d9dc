"""`python -m bench.one NAME [SIZE]`: run one measurement here and print its line."""

import importlib
import json
import logging
import platform
import sys
import time

import django


def main() -> None:
    django.setup()
    logging.disable(logging.ERROR)
    measurement = importlib.import_module(f"bench.measures.{sys.argv[1]}")
    size = int(sys.argv[2]) if len(sys.argv) > 2 else measurement.SIZE
    began = time.perf_counter()
    figures = measurement.measure(size)
    seconds = round(time.perf_counter() - began, 1)
    print(json.dumps({"bench": sys.argv[1], "size": size, **figures, "seconds": seconds, "on": platform.machine()}))


if __name__ == "__main__":
    main()

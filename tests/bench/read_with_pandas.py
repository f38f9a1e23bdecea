"""Reads a table with pandas' C reader and prints what stint_bench_reading prints."""

import os
import resource
import sys
import time

import pandas

path = sys.argv[1]
size = os.path.getsize(path) / 1e6
begin = time.perf_counter()
processor = time.process_time()
table = pandas.read_csv(path, engine="c")
seconds = time.perf_counter() - begin
processor = time.process_time() - processor
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
values = table.shape[0] * table.shape[1] * 8 / 1e6
print(
    f"pandas {pandas.__version__}: {size:.0f} MB, {table.shape[0]} rows: {seconds:.2f} s, "
    f"{size / seconds:.0f} MB/s ({size / processor:.0f} per second of processor time); peak memory {peak:.0f} MB = {peak / values:.2f} x values"
)

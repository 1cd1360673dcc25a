# Runs a command; prints its seconds, its processor seconds and its peak memory in MB as JSON.
#   python3 measure.py COMMAND ...
import json
import os
import subprocess
import sys
import time

started = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
errors = child.stderr.read().decode()
_, status, used = os.wait4(child.pid, 0)
seconds = time.perf_counter() - started
if status:
    sys.exit(errors[-2000:])
print(json.dumps({'seconds': seconds, 'processor': used.ru_utime + used.ru_stime, 'megabytes': used.ru_maxrss / 1024}))

"""Times the picker on a terminal of its own: from the start of the program to the first picture, and from each key to
the picture that follows. Prints medians and the worst, in milliseconds.

    picker.py RUNS KEYS PROGRAM [ARGUMENT...]
"""

import fcntl
import os
import pty
import select
import statistics
import struct
import sys
import termios
import time

# Ends a picture: the terminal may show it now.
PICTURE = b"\x1b[?2026l"


def wait_for_picture(terminal):
    seen = b""
    while PICTURE not in seen:
        if not select.select([terminal], [], [], 20)[0]:
            sys.exit(f"no picture, but {seen!r}")
        seen += os.read(terminal, 65536)


def run(keys, command):
    started = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    wait_for_picture(terminal)
    first = time.perf_counter() - started
    times = []
    for key in keys:
        typed = time.perf_counter()
        os.write(terminal, key.encode())
        wait_for_picture(terminal)
        times.append(time.perf_counter() - typed)
    os.write(terminal, b"\x03")
    os.waitpid(child, 0)
    return first, times


def row(name, times):
    milliseconds = [1000 * time for time in times]
    print(f"{name}\t{statistics.median(milliseconds):.1f}\t{max(milliseconds):.1f}")


runs, keys, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
outcomes = [run(keys, command) for _ in range(runs)]
row("first picture", [first for first, _ in outcomes])
for number, key in enumerate(keys):
    row(f"key {keys[: number + 1]!r}", [times[number] for _, times in outcomes])

"""A plan in, the contents of a package out. The only room besides networks that knows torch."""

import os

# Threads that wait for work by spinning make a training several times slower as soon as another process
# wants one of the cores. The library reads this when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

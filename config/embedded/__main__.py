"""`python -m config.embedded STATE_DIR SERVERS DURABILITY`: the keeper's own command line.

Started by `holding.ensure_running`, which has already locked `keeper.lock` and handed the open file down.
"""

import sys
from pathlib import Path

from config.embedded.keeper import Keeper
from config.embedded.places import Places

if __name__ == "__main__":
    state_dir, servers, durability = sys.argv[1:]
    keeper = Keeper(Places(Path(state_dir)), tuple(servers.split(",")), volatile=durability == "volatile")
    sys.exit(keeper.run())

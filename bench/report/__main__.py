# SPDX-License-Identifier: Apache-2.0
"""python3 -m report, with bench/ as its folder: see command.py."""

import sys

from report.command import main

sys.exit(main())

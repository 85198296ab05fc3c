# SPDX-License-Identifier: Apache-2.0
"""scripts/bench.sh: measures engine, Linux path and software path, compares them, and writes a report."""

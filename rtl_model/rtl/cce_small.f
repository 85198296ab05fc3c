# SPDX-License-Identifier: Apache-2.0
# Parameters of cce_top in its small configuration, for small parts: one queue, four requests in flight, an iterative
# cipher and a serial GHASH.
-GDataWidth=128
-GSlotCount=4
-GQueueCount=1
-GContextCount=4
-GPipelined=1'b0
-GSboxStyle=0
-GStreamBlocks=64
-GStreamBurstBytes=256
-GSha2Lanes=1
-GHashRoundsPerCycle=1

# SPDX-License-Identifier: Apache-2.0
#
# Tests of single RTL blocks, each Verilated on its own.

include(${CMAKE_CURRENT_LIST_DIR}/aes_cipher.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ghash.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/hash_cores.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/key_wrap.cmake)

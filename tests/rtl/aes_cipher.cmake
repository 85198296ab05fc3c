# SPDX-License-Identifier: Apache-2.0
#
# aes_cipher_test: the AES block cipher (rtl_model/rtl/aes) on its own, every variant against OpenSSL.
# Included by the CMakeLists.txt of the tests, after find_package() of verilator, GTest and OpenSSL.

set(aes_rtl ${CMAKE_CURRENT_LIST_DIR}/../../rtl_model/rtl)
set(aes_files ${aes_rtl}/cce_pkg.sv)
foreach(module aes_pkg aes_sbox_composite aes_sbox aes_sbox_memory aes_sub_bytes aes_round aes_round_key_memory
               aes_key_step aes_key_expander aes_cipher_pipelined aes_cipher_iterative aes_cipher)
  list(APPEND aes_files ${aes_rtl}/aes/${module}.sv)
endforeach()

add_executable(aes_cipher_test ${CMAKE_CURRENT_LIST_DIR}/aes_cipher_test.cc)
target_link_libraries(aes_cipher_test PRIVATE cce_warnings GTest::gtest_main OpenSSL::Crypto)

# aes_model(NAME TOP PARAMETERS...): one variant as a library of its own.
function(aes_model name top)
  add_library(aes_rtl_${name} STATIC EXCLUDE_FROM_ALL)
  verilate(aes_rtl_${name} SOURCES ${aes_files} PREFIX Vaes_${name} TOP_MODULE ${top}
           OPT_SLOW -O1 OPT_FAST -O2 OPT_GLOBAL -O2
           VERILATOR_ARGS ${ARGN} --assert --x-assign unique --x-initial unique -Wall -Wno-UNUSEDPARAM)
  target_compile_options(aes_rtl_${name} PRIVATE -w)
  get_target_property(directories aes_rtl_${name} INTERFACE_INCLUDE_DIRECTORIES)
  set_target_properties(aes_rtl_${name} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${directories}")
  target_link_libraries(aes_cipher_test PRIVATE aes_rtl_${name})
endfunction()

# Each style of the S-box, each number of stages and the iterative version are there; that styles change no cycle is
# tested by aes_sub_bytes, exhaustively. The names say style and stages a round; 16 keys keep the test's random collisions frequent.
foreach(variant 0_1 1_2 2_2)
  string(REGEX MATCH "^(.)_(.)$" all ${variant})
  aes_model(pipelined_${variant} aes_cipher -GKeyCount=16 -GPipelined=1'b1 -GSboxStyle=${CMAKE_MATCH_1}
            -GStagesPerRound=${CMAKE_MATCH_2})
endforeach()
aes_model(iterative_0 aes_cipher -GKeyCount=16 -GPipelined=1'b0 -GSboxStyle=0)
foreach(style 0 1 2)
  aes_model(sub_bytes_${style} aes_sub_bytes -GBytes=2 -GSboxStyle=${style} -GRegistered=1'b1)
endforeach()

gtest_discover_tests(aes_cipher_test TEST_PREFIX rtl. DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
                     PROPERTIES TIMEOUT 120 LABELS quick)

# SPDX-License-Identifier: Apache-2.0
#
# hash_cores_test: sha2_core and keccak_core by themselves, Verilated with one and with two rounds a cycle, assertions on.

find_package(verilator REQUIRED HINTS $ENV{VERILATOR_ROOT} /usr/share/verilator)

set(hash_rtl ${CMAKE_CURRENT_LIST_DIR}/../../rtl_model/rtl)
set(sha2_core_files ${hash_rtl}/sha2/sha2_pkg.sv ${hash_rtl}/sha2/sha2_core.sv)
set(keccak_core_files ${hash_rtl}/sha3/keccak_pkg.sv ${hash_rtl}/sha3/keccak_core.sv)

add_executable(hash_cores_test ${CMAKE_CURRENT_LIST_DIR}/hash_cores_test.cc)
target_link_libraries(hash_cores_test PRIVATE cce_warnings GTest::gtest_main OpenSSL::Crypto)

foreach(core sha2_core keccak_core)
  foreach(rounds 1 2)
    # A library of its own: the warnings are for our code only.
    set(library cce_rtl_${core}_${rounds})
    add_library(${library} STATIC)
    verilate(${library} SOURCES ${${core}_files} PREFIX V${core}_${rounds} TOP_MODULE ${core}
             VERILATOR_ARGS -GRoundsPerCycle=${rounds} -O3 --assert --x-assign unique --x-initial unique -Wno-fatal)
    target_compile_options(${library} PRIVATE -w)
    get_target_property(directories ${library} INTERFACE_INCLUDE_DIRECTORIES)
    set_target_properties(${library} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${directories}")
    target_link_libraries(hash_cores_test PRIVATE ${library})

    add_test(NAME rtl.lint_${core}_${rounds}
             COMMAND ${VERILATOR_BIN} --lint-only -Wall -Wno-UNUSEDPARAM --assert --top-module ${core}
                     -GRoundsPerCycle=${rounds} ${${core}_files})
    set_tests_properties(rtl.lint_${core}_${rounds} PROPERTIES TIMEOUT 120 LABELS quick)
  endforeach()
endforeach()

gtest_discover_tests(hash_cores_test DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
                     PROPERTIES TIMEOUT 300 LABELS quick)

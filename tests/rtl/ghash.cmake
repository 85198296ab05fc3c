# SPDX-License-Identifier: Apache-2.0
#
# ghash_test: the module ghash by itself, Verilated in both versions, assertions on.

find_package(verilator REQUIRED HINTS $ENV{VERILATOR_ROOT} /usr/share/verilator)

set(ghash_rtl ${CMAKE_CURRENT_LIST_DIR}/../../rtl_model/rtl/ghash)
set(ghash_files ${ghash_rtl}/gf128_pkg.sv ${ghash_rtl}/gf128_multiplier.sv ${ghash_rtl}/ghash_pipelined.sv
    ${ghash_rtl}/ghash_serial.sv ${ghash_rtl}/ghash.sv)

add_executable(ghash_test ${CMAKE_CURRENT_LIST_DIR}/ghash_test.cc)
target_link_libraries(ghash_test PRIVATE cce_warnings GTest::gtest_main OpenSSL::Crypto)

set(ghash_versions serial pipelined)
foreach(pipelined 0 1)
  list(GET ghash_versions ${pipelined} version)
  # A library of its own: the warnings are for our code only.
  add_library(cce_rtl_ghash_${version} STATIC)
  verilate(cce_rtl_ghash_${version} SOURCES ${ghash_files} PREFIX Vghash_${version} TOP_MODULE ghash
           VERILATOR_ARGS -GPipelined=1'b${pipelined} -O3 --assert --x-assign unique --x-initial unique -Wno-fatal)
  target_compile_options(cce_rtl_ghash_${version} PRIVATE -w)
  get_target_property(directories cce_rtl_ghash_${version} INTERFACE_INCLUDE_DIRECTORIES)
  set_target_properties(cce_rtl_ghash_${version} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${directories}")
  target_link_libraries(ghash_test PRIVATE cce_rtl_ghash_${version})

  add_test(NAME rtl.lint_ghash_${version}
           COMMAND ${VERILATOR_BIN} --lint-only -Wall --assert --top-module ghash -GPipelined=1'b${pipelined}
                   ${ghash_files})
  set_tests_properties(rtl.lint_ghash_${version} PROPERTIES TIMEOUT 120 LABELS quick)
endforeach()

gtest_discover_tests(ghash_test DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
                     PROPERTIES TIMEOUT 300 LABELS quick)

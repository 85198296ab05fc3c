# SPDX-License-Identifier: Apache-2.0
#
# key_wrap_test: the module key_wrap by itself, Verilated with its usual and with a small scratch memory, assertions on.

find_package(verilator REQUIRED HINTS $ENV{VERILATOR_ROOT} /usr/share/verilator)

set(key_wrap_files ${CCE_CONTRACT_DIR}/cce_contract_pkg.sv
    ${CMAKE_CURRENT_LIST_DIR}/../../rtl_model/rtl/aes/key_wrap.sv)
set(CCE_KEY_WRAP_VECTORS /usr/lib/python3/dist-packages/cryptography_vectors/keywrap/kwtestvectors CACHE PATH
    "The key wrap vectors of Debian's python3-cryptography-vectors")

add_executable(key_wrap_test ${CMAKE_CURRENT_LIST_DIR}/key_wrap_test.cc)
target_link_libraries(key_wrap_test PRIVATE cce_warnings GTest::gtest_main OpenSSL::Crypto)
target_compile_definitions(key_wrap_test PRIVATE CCE_KEY_WRAP_VECTORS="${CCE_KEY_WRAP_VECTORS}")

foreach(limit 40 4096)
  # A library of its own: the warnings are for our code only.
  add_library(cce_rtl_key_wrap_${limit} STATIC)
  verilate(cce_rtl_key_wrap_${limit} SOURCES ${key_wrap_files} PREFIX Vkey_wrap_${limit} TOP_MODULE key_wrap
           OPT_SLOW -O1 OPT_FAST -O2 OPT_GLOBAL -O2
           VERILATOR_ARGS -GLimitBytes=${limit} -O3 --assert --x-assign unique --x-initial unique -Wno-fatal)
  add_dependencies(cce_rtl_key_wrap_${limit} cce_contract_files)
  target_compile_options(cce_rtl_key_wrap_${limit} PRIVATE -w)
  get_target_property(directories cce_rtl_key_wrap_${limit} INTERFACE_INCLUDE_DIRECTORIES)
  set_target_properties(cce_rtl_key_wrap_${limit} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${directories}")
  target_link_libraries(key_wrap_test PRIVATE cce_rtl_key_wrap_${limit})

  add_test(NAME rtl.lint_key_wrap_${limit}
           COMMAND ${VERILATOR_BIN} --lint-only -Wall --assert --top-module key_wrap -GLimitBytes=${limit}
                   ${key_wrap_files})
  set_tests_properties(rtl.lint_key_wrap_${limit} PROPERTIES TIMEOUT 120 LABELS quick)
endforeach()

gtest_discover_tests(key_wrap_test DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
                     PROPERTIES TIMEOUT 300 LABELS quick)

# The four kinds of target a room has: library, program, test, fuzz target.

# What ./lab run needs; and what clang 14 can compile (it does not know C++20 coroutines as GCC does).
add_custom_target(programs)
add_custom_target(fuzzers)

add_library(wireproof_options INTERFACE)
target_compile_options(wireproof_options INTERFACE -Wall -Wextra -Wpedantic -Werror)
if(WIREPROOF_SANITIZE)
  # -g1: reports name functions and lines; variables are for the preset debug.
  target_compile_options(wireproof_options INTERFACE
    -fsanitize=${WIREPROOF_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  target_link_options(wireproof_options INTERFACE -fsanitize=${WIREPROOF_SANITIZE})
endif()
if(WIREPROOF_LIBFUZZER)
  # Libraries are watched for coverage too; only the targets themselves get libFuzzer's main().
  target_compile_options(wireproof_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports overlapping copies in std::string that cannot happen (GCC bug 105651).
  target_compile_options(wireproof_options INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND WIREPROOF_SANITIZE)
  # GCC 12 reports false positives from inlined standard library code when sanitizers are on.
  target_compile_options(wireproof_options INTERFACE -Wno-maybe-uninitialized -Wno-tsan)
endif()

# wireproof_precompiled(NAME LIBRARIES library... HEADERS header...): headers that many files include and that take seconds
# each, compiled once, for targets that link those libraries: target_precompile_headers(TARGET REUSE_FROM NAME). The
# presets coverage, fuzz and lint do without, so that files keep including what they use.
function(wireproof_precompiled name)
  cmake_parse_arguments(precompiled "" "" "LIBRARIES;HEADERS" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${name}.cpp CONTENT "")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/generated/${name}.cpp)
  target_link_libraries(${name} PRIVATE wireproof_options ${precompiled_LIBRARIES})
  target_precompile_headers(${name} PRIVATE ${precompiled_HEADERS})
endfunction()

# Tests themselves need not be quick to run, but quick to build; what they test is built as everywhere.
add_library(wireproof_test_options INTERFACE)
target_compile_options(wireproof_test_options INTERFACE $<$<CONFIG:Release>:-O0>)
target_link_libraries(wireproof_test_options INTERFACE GTest::gmock GTest::gtest_main Threads::Threads)

wireproof_precompiled(wireproof_tests_precompiled
  LIBRARIES wireproof_test_options
  HEADERS <gmock/gmock.h> <gtest/gtest.h> <algorithm> <chrono> <functional> <map> <memory> <optional> <span> <string>
    <string_view> <vector>)

# wireproof_library(NAME source...): a room's pure part; headers are included as "room/file.hpp".
function(wireproof_library name)
  add_library(${name} STATIC ${ARGN})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/cpp)
  target_link_libraries(${name} PUBLIC wireproof_options)
endfunction()

# wireproof_program(NAME source... LIBRARIES library...): an executable in build/<preset>/bin.
function(wireproof_program name)
  cmake_parse_arguments(program "" "" "LIBRARIES" ${ARGN})
  add_executable(${name} ${program_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE wireproof_command_line wireproof_loop ${program_LIBRARIES})
  target_precompile_headers(${name} REUSE_FROM wireproof_shells_precompiled)
  add_dependencies(programs ${name})
endfunction()

# wireproof_test(NAME source... LIBRARIES library...): GoogleTest cases found by ctest one by one.
# Cases that start programs find them through the environment variable WIREPROOF_BIN.
function(wireproof_test name)
  cmake_parse_arguments(test "" "" "LIBRARIES;PROGRAMS" ${ARGN})
  add_executable(${name} ${test_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE wireproof_options ${test_LIBRARIES} wireproof_test_options)
  target_precompile_headers(${name} REUSE_FROM wireproof_tests_precompiled)
  if(test_PROGRAMS)
    add_dependencies(${name} ${test_PROGRAMS})
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 120 ENVIRONMENT "WIREPROOF_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
endfunction()

# wireproof_fuzz(NAME source... LIBRARIES library...): LLVMFuzzerTestOneInput under libFuzzer, or, without
# clang, under a driver that feeds seeded random and mutated inputs (so that ctest runs it everywhere).
function(wireproof_fuzz name)
  cmake_parse_arguments(fuzz "" "" "LIBRARIES" ${ARGN})
  add_executable(${name} ${fuzz_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE wireproof_options ${fuzz_LIBRARIES})
  add_dependencies(fuzzers ${name})
  if(WIREPROOF_LIBFUZZER)
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/driver.cpp)
    set(runs 20000)
    if(WIREPROOF_SANITIZE)
      set(runs 5000)  # sanitizers make a run several times as dear; './lab fuzz' has the minutes
    endif()
    add_test(NAME fuzz.${name} COMMAND ${name} --runs ${runs} --seed 1)
    set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 300)
  endif()
endfunction()

include(GoogleTest)
